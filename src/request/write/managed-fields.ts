// Managed fields of the objects behind a target: its types in every version, and what its registry resets, which no manager can own
// (GetResetFields of pkg/registry/*/strategy.go, Kubernetes 1.36).

import { type Atom, atomOf, customAtom } from '../../kube/apply/atom.ts';
import { type Entrance, managersOfUpdate } from '../../kube/apply/field-manager.ts';
import { type FieldSet, fieldSet, noFields } from '../../kube/apply/field-set.ts';
import { groupVersion } from '../../kube/object.ts';
import { applySchemaDefaults } from '../../kube/schema/complete.ts';
import { decode, encode } from '../../kube/schema/defaults/decode.ts';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import type { Schema } from '../../kube/schema/schema.ts';
import type { CustomVersion } from '../../kube/schema/structural.ts';
import { asString, field, isObject, type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { decodeBuiltIn } from '../decode/built-in.ts';
import { narrowed, restoreFault } from '../decode/restore.ts';
import type { Serving } from '../server.ts';
import { metadataOf } from '../strategy/strategy.ts';
import type { CustomType, Target } from '../target.ts';
import { convertWhole } from './convert.ts';
import { scaleVersion } from './scale.ts';
import { written, writtenUnstored } from './written.ts';

/** The way of a target into its objects. `kind` is that of the target, which for `scale` is not that of the stored object. */
export function entranceOf(target: Target, serving: Serving): Entrance {
  const isCustomScale = target.type.kind === 'custom' && target.subresource === 'scale';
  return {
    apiVersion: isCustomScale ? scaleVersion : target.kindVersion,
    kind: isCustomScale ? 'Scale' : target.kind,
    subresource: target.subresource,
    typeOf: (version) => typeOf(target, version, serving),
    convert: (object, version) => inVersion(object, version, target, serving),
    resets: resetsIn(target),
    empty: () => emptyObject(target),
    complete: (object) => completed(object, target, serving),
  };
}

/** Versions that a kind does not have are left out for built-in kinds, those of another group among them, and an error for custom ones. */
function inVersion(object: JsonObject, version: string, target: Target, serving: Serving): Result<JsonObject | undefined, string> {
  if (version.split('/').length > 2) return failure(`unexpected GroupVersion string: ${version}`);
  if (target.type.kind === 'built-in' && groupVersion(version).group !== groupVersion(target.kindVersion).group) return ok(undefined);
  const converted = convertWhole(object, version, target, serving);
  const isMissing = converted === undefined && target.type.kind === 'custom';
  return isMissing ? failure(`request to convert CR to an invalid group/version: ${version}`) : ok(converted);
}

function typeOf(target: Target, apiVersion: string, { server }: Serving): Atom | undefined {
  const { type } = target;
  if (type.kind === 'built-in') {
    const schema = apiVersion === target.kindVersion ? type.schema : server.release.schemaOf(apiVersion, target.kind);
    return schema === undefined ? undefined : atomOf(schema);
  }
  if (target.subresource === 'scale') {
    const schema = apiVersion === scaleVersion ? server.release.schemaOf(scaleVersion, 'Scale') : undefined;
    return schema === undefined ? undefined : atomOf(schema);
  }
  const version = apiVersion === target.apiVersion ? type.version : versionNamed(apiVersion, type);
  return version === undefined ? undefined : atomOfCustom(version, server.release.definition('meta.v1.ObjectMeta'));
}

/** A version of a custom kind, served or not. */
function versionNamed(apiVersion: string, { custom }: CustomType): CustomVersion | undefined {
  return custom.versions.find(({ name }) => `${custom.group}/${name}` === apiVersion);
}

const customAtoms = new WeakMap<CustomVersion, Atom>();

function atomOfCustom(version: CustomVersion, objectMeta: Schema | undefined): Atom {
  let atom = customAtoms.get(version);
  if (atom === undefined) {
    atom = customAtom(version.schema, objectMeta, version.preservesUnknownFields);
    customAtoms.set(version, atom);
  }
  return atom;
}

const empties = new WeakMap<object, JsonObject>();

/** What the server's types write of an object with nothing set: one for each kind and version, by which a create is known. */
function emptyObject({ type, kindVersion: apiVersion, kind }: Target): JsonObject {
  const of = type.kind === 'custom' ? type.version : type.schema;
  let object = empties.get(of);
  if (object === undefined) {
    object = type.kind === 'custom' ? { apiVersion, kind } : (encode(decode({ apiVersion, kind }, type.schema), type.schema) as JsonObject);
    empties.set(of, object);
  }
  return object;
}

/** A merged object as the server reads it, empty lists and maps among it: of custom kinds defaults are filled in, the rest stays as it is. */
function completed(object: JsonObject, target: Target, at: Serving): Result<JsonObject, string> {
  if (target.type.kind === 'custom') {
    return ok(applySchemaDefaults({ ...object, metadata: object.metadata ?? {} }, target.type.version.schema) as JsonObject);
  }
  const body = { value: object, oddities: undefined, apiVersion: target.kindVersion, kind: target.kind, strict: [] };
  const first = decodeBuiltIn(body, target, at);
  const isTooLarge = !first.ok && first.problem.includes('cannot unmarshal number');
  const outcome = isTooLarge ? decodeBuiltIn({ ...body, value: narrowed(object, target.type.schema) }, target, at) : first;
  if (outcome.ok) return ok(outcome.value.object as unknown as JsonObject);
  const text = (key: string) => asString(field(object.metadata, key)) ?? '';
  const kind = `${target.kindVersion.includes('/') ? '' : '/'}${target.kindVersion}, Kind=${target.kind}`;
  const failed = `failed to convert new object (${text('namespace')}/${text('name')}; ${kind}) to proper version`;
  const why = conversionFault(object, outcome.problem, target.type.schema);
  return failure(`${failed}: unable to convert unstructured object to ${kind}: ${why}`);
}

/** What Go says of a merged object that is none of its kind: it is made of a map, not of text. */
function conversionFault(object: JsonObject, problem: string, schema: Schema): string {
  const fault = restoreFault(object, schema);
  if (fault !== undefined) return fault;
  const plain = problem.replace(/Go struct field \S+ of type/, 'Go value of type');
  return plain.startsWith('illegal base64') ? `error decoding from json: ${plain}` : plain;
}

const status = fieldSet(['f:status']);
const spec = fieldSet(['f:spec']);
const specAndMetadata = fieldSet(['f:spec'], ['f:metadata']);
const specAndStatus = fieldSet(['f:spec'], ['f:status']);
const specAndCertificate = fieldSet(['f:spec'], ['f:status', 'f:certificate']);

/** What requests to the object itself reset: a status that has a way of its own. */
const resetsNothing = new Set(['apps/ControllerRevision', '/PodTemplate']);

/** What requests to the status reset besides the spec. */
const resetByStatus: Readonly<Record<string, FieldSet>> = {
  'scheduling.k8s.io/PodGroup': specAndMetadata,
  'networking.k8s.io/ServiceCIDR': specAndMetadata,
  'storagemigration.k8s.io/StorageVersionMigration': specAndMetadata,
  'resource.k8s.io/ResourceClaim': specAndMetadata,
  'resource.k8s.io/DeviceTaintRule': specAndMetadata,
  'resource.k8s.io/ResourcePoolStatusRequest': specAndMetadata,
  'internal.apiserver.k8s.io/StorageVersion': specAndMetadata,
  'storage.k8s.io/VolumeAttachment': specAndMetadata,
  'flowcontrol.apiserver.k8s.io/FlowSchema': specAndMetadata,
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': specAndMetadata,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': specAndMetadata,
  'apps/Deployment': fieldSet(['f:spec'], ['f:metadata', 'f:labels']),
  '/Pod': fieldSet(['f:spec'], ['f:metadata', 'f:deletionTimestamp'], ['f:metadata', 'f:ownerReferences']),
  'certificates.k8s.io/CertificateSigningRequest': fieldSet(['f:spec'], ['f:status', 'f:conditions']),
};

/** By version: requests to a custom object itself reset fields of their own version alone, those to its status of every version that has one. */
function resetsIn(target: Target): (apiVersion: string) => FieldSet {
  const { type } = target;
  const resets = resetsOf(target);
  if (type.kind === 'built-in') return () => resets;
  if (target.subresource !== 'status') return (apiVersion) => (apiVersion === target.apiVersion ? resets : noFields);
  return (apiVersion) => (versionNamed(apiVersion, type)?.statusSubresource === true ? resets : noFields);
}

/** Fields that requests to the target reset. */
function resetsOf(target: Target): FieldSet {
  const { type } = target;
  const key = `${target.group}/${target.kind}`;
  switch (target.subresource) {
    case '':
      if (type.kind === 'custom') return type.version.statusSubresource ? status : noFields;
      return key === 'certificates.k8s.io/CertificateSigningRequest' ? specAndStatus : resetsNothing.has(key) ? noFields : status;
    case 'status':
      return type.kind === 'custom' ? specAndMetadata : (resetByStatus[key] ?? spec);
    case 'approval':
      return specAndCertificate;
    case 'finalize':
      return status;
    default:
      return noFields;
  }
}

/** True for a body that resets managed fields with an empty list, which decoding does not keep; of custom resources it resets nothing. */
export function resetsManagers(body: Json | undefined): boolean {
  const entries = field(field(body, 'metadata'), 'managedFields');
  return Array.isArray(entries) && entries.length === 0;
}

function withManagedFieldsReset(object: JsonObject): JsonObject {
  return { ...object, metadata: { ...(isObject(object.metadata) ? object.metadata : {}), managedFields: [] } };
}

/** Sets the managed fields of an object that a create, update or patch is about to write. */
export function setManagedFields(
  object: Struct,
  live: JsonObject | undefined,
  manager: string,
  target: Target,
  at: Serving,
  resets = false,
): void {
  const entrance = entranceOf(target, at);
  const plain = writtenUnstored(object, target);
  const wanted = resets ? withManagedFieldsReset(plain) : plain;
  const entries = managersOfUpdate(live ?? entrance.empty(), wanted, manager, at.circumstances.now, entrance);
  const metadata = metadataOf(object);
  if (entries.length > 0) metadata.managedFields = entries;
  else delete metadata.managedFields;
}

/** Gives managed fields their old times where an object is otherwise as it is stored, so that a write of nothing writes nothing. */
export function keepTimes(object: Struct, existing: JsonObject, target: Target): void {
  const metadata = metadataOf(object);
  const { managedFields: now } = metadata;
  const before = field(existing.metadata, 'managedFields');
  if (!Array.isArray(now) || !Array.isArray(before) || now.length !== before.length) return;
  const entries: readonly Json[] = now;
  if (entries.every((entry, index) => field(entry, 'time') === field(before[index], 'time'))) return;
  if (sameJson(withoutTimes(written(object, target)), withoutTimes(existing))) metadata.managedFields = before as Json;
}

function withoutTimes(object: JsonObject): JsonObject {
  const { metadata } = object;
  if (!isObject(metadata) || !Array.isArray(metadata.managedFields)) return object;
  const managedFields = (metadata.managedFields as readonly Json[]).map((entry) =>
    isObject(entry) ? { ...entry, time: undefined } : entry,
  );
  return { ...object, metadata: { ...metadata, managedFields } };
}
