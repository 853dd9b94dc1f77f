// Managed fields of the objects behind a target: its types in every version, and what its registry resets, which no manager can own
// (GetResetFields of pkg/registry/*/strategy.go, Kubernetes 1.36).

import { type Atom, atomOf, customAtom } from '../../kube/apply/atom.ts';
import { type Entrance, managersOfUpdate } from '../../kube/apply/field-manager.ts';
import { type FieldSet, fieldSet, noFields } from '../../kube/apply/field-set.ts';
import { applySchemaDefaults } from '../../kube/schema/complete.ts';
import { decode, encode } from '../../kube/schema/defaults/decode.ts';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import type { Schema } from '../../kube/schema/schema.ts';
import { asString, field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { decodeBuiltIn } from '../decode/built-in.ts';
import { narrowed, restoreFault } from '../decode/restore.ts';
import type { Serving } from '../server.ts';
import { metadataOf } from '../strategy/strategy.ts';
import { type CustomType, customType, type Target } from '../target.ts';
import { convertTo } from './convert.ts';
import { written, writtenUnstored } from './written.ts';

/** The way of a target into its objects. `kind` is that of the target, which for `scale` is not that of the stored object. */
export function entranceOf(target: Target, serving: Serving): Entrance {
  const apiVersion = target.kindVersion;
  return {
    apiVersion,
    kind: target.kind,
    subresource: target.subresource,
    typeOf: (version) => typeOf(target, version, serving),
    convert: (object, version) => convertWhole(object, version, target),
    resets: resetsOf(target),
    empty: () => emptyObject(target),
    complete: (object) => completed(object, target, serving),
  };
}

/** For managed fields, custom resources are converted with all they have. */
function convertWhole(object: JsonObject, apiVersion: string, target: Target): JsonObject | undefined {
  const converted = convertTo(object, apiVersion, target);
  return target.type.kind === 'built-in' || converted === undefined ? converted : { ...object, apiVersion };
}

function typeOf(target: Target, apiVersion: string, { server }: Serving): Atom | undefined {
  if (target.type.kind === 'built-in') {
    const schema = apiVersion === target.kindVersion ? target.type.schema : server.release.schemaOf(apiVersion, target.kind);
    return schema === undefined ? undefined : atomOf(schema);
  }
  const [group = '', version = ''] = apiVersion.split('/');
  const type = group === target.group ? customType(target.type.definition, version) : undefined;
  return type === undefined ? undefined : atomOfCustom(type, serving(server));
}

const serving = (server: Serving['server']) => server.release.definition('meta.v1.ObjectMeta');
const customAtoms = new WeakMap<CustomType, Atom>();

function atomOfCustom(type: CustomType, objectMeta: ReturnType<typeof serving>): Atom {
  let atom = customAtoms.get(type);
  if (atom === undefined) {
    atom = customAtom(type.version.schema, objectMeta, type.version.preservesUnknownFields);
    customAtoms.set(type, atom);
  }
  return atom;
}

const empties = new WeakMap<object, JsonObject>();

/** What the server's types write of an object with nothing set. */
function emptyObject({ type, kindVersion: apiVersion, kind }: Target): JsonObject {
  if (type.kind === 'custom') return { apiVersion, kind };
  let object = empties.get(type.schema);
  if (object === undefined) {
    object = encode(decode({ apiVersion, kind }, type.schema), type.schema) as JsonObject;
    empties.set(type.schema, object);
  }
  return object;
}

/** A merged object as the server reads it, empty lists and maps among it: of custom kinds defaults are filled in and nothing is dropped. */
function completed(object: JsonObject, target: Target, at: Serving): Result<JsonObject, string> {
  if (target.type.kind === 'custom') {
    const whole = applySchemaDefaults(object, target.type.version.schema) as JsonObject;
    const objectMeta = at.server.release.definition('meta.v1.ObjectMeta');
    const metadata = objectMeta === undefined ? {} : { metadata: encode(decode(whole.metadata ?? {}, objectMeta), objectMeta) ?? {} };
    return ok(written({ ...whole, ...metadata } as unknown as Struct, target));
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

/** True where two objects differ in nothing but the times of their managed fields. */
export function sameButTimes(left: JsonObject, right: JsonObject, same: (left: Json, right: Json) => boolean): boolean {
  return same(withoutTimes(left), withoutTimes(right));
}

function withoutTimes(object: JsonObject): JsonObject {
  const { metadata } = object;
  if (!isObject(metadata) || !Array.isArray(metadata.managedFields)) return object;
  const managedFields = (metadata.managedFields as readonly Json[]).map((entry) =>
    isObject(entry) ? { ...entry, time: undefined } : entry,
  );
  return { ...object, metadata: { ...metadata, managedFields } };
}
