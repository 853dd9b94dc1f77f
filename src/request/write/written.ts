// An object as the server writes it into answers and into its store.

import { applySchemaDefaults } from '../../kube/schema/complete.ts';
import { setDefaults } from '../../kube/schema/defaults/apply.ts';
import { decode, encode } from '../../kube/schema/defaults/decode.ts';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import type { Schema } from '../../kube/schema/schema.ts';
import type { CustomVersion } from '../../kube/schema/structural.ts';
import { asObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { Converting } from '../conversion/webhook.ts';
import { coercedIn } from '../custom/coerce.ts';
import type { CustomType, Target } from '../target.ts';
import { convertTo } from './convert.ts';

/** The object as the server writes it. What is not written differently is shared with the object: it holds until that is changed. */
export function written(object: Struct, { type }: Target): JsonObject {
  const value = object as unknown as Json;
  return (type.kind === 'built-in' ? encode(value, type.schema) : value) as JsonObject;
}

/** The object as the server would write it before it was in the store, which tells empty lists and maps from none. */
export function writtenUnstored(object: Struct, { type }: Target): JsonObject {
  const value = object as unknown as Json;
  return (type.kind === 'built-in' ? encode(value, type.schema, { unstored: true, dropped: false }) : value) as JsonObject;
}

/** Objects that come out of the store as they are: all that is set in them was written. */
const settled = new WeakSet<JsonObject>();

/** The object as it comes back from the store, which reads it anew. */
export function stored(object: Struct, target: Target, at: Converting): JsonObject {
  if (target.type.kind !== 'built-in') return asReturned(written(object, target), target, at);
  const { schema } = target.type;
  const value = object as unknown as Json;
  setDefaults(value, schema);
  const encoding = { unstored: false, dropped: false };
  const result = encode(value, schema, encoding) as JsonObject;
  if (!encoding.dropped) settled.add(result);
  return asShown(result, target);
}

/** A written object read back, to be changed. */
export function reread(object: JsonObject, { type }: Target): Struct {
  const value = type.kind === 'built-in' ? decode(object, type.schema) : structuredClone(object);
  return value as unknown as Struct;
}

/**
 * An object as it comes out of the store: defaults are filled in anew when it is read; a custom resource is also held against the schema of the
 * stored version, which only its conversion did before.
 */
export function asStored(object: JsonObject, target: Target, at: Converting): JsonObject {
  const { type } = target;
  if (settled.has(object)) return type.kind === 'custom' ? object : asShown(object, target);
  return type.kind === 'custom' ? readEncoded(encoded(object, target, at), type, at) : asShown(readBack(object, type.schema), target);
}

/** A custom resource as the store holds it: in its version, else as it was written. */
export function encoded(object: JsonObject, target: Target, at: Converting): JsonObject {
  if (target.type.kind === 'built-in') return object;
  return writtenAs.get(object) ?? convertTo(object, storageVersion(target.type).apiVersion, target, at) ?? object;
}

/** A custom resource that the store holds, as it is read. */
export function readEncoded(object: JsonObject, type: CustomType, { server }: Converting): JsonObject {
  const { version } = storageVersion(type);
  const read = coercedIn(object, version, server.release.definition('meta.v1.ObjectMeta'));
  return applySchemaDefaults(read, version.schema) as JsonObject;
}

/** What would be stored of objects that were read back before they were. */
const writtenAs = new WeakMap<JsonObject, JsonObject>();

/** An object of a custom kind as a dry run shows it, which goes through the stored version like any other write. */
export function asReturned(object: JsonObject, target: Target, at: Converting): JsonObject {
  if (target.type.kind === 'built-in') return object;
  const bytes = encoded(object, target, at);
  const read = readEncoded(bytes, target.type, at);
  const returned = convertTo(read, target.apiVersion, target, at) ?? object;
  if (returned === bytes) settled.add(returned);
  else writtenAs.set(returned, bytes);
  return returned;
}

/** What reading changes beyond defaults. */
function asShown(read: JsonObject, { group, kind, apiVersion }: Target): JsonObject {
  if (group === '' && kind === 'Service') return readService(read);
  return kind === 'HorizontalPodAutoscaler' && apiVersion === 'autoscaling/v1' ? readAutoscaler(read) : read;
}

function readBack(object: JsonObject, schema: Schema): JsonObject {
  const value = decode(object, schema);
  setDefaults(value, schema);
  return encode(value, schema) as JsonObject;
}

/** The version that objects of a custom kind are stored in, served or not. */
function storageVersion({ custom, version: own }: CustomType): { readonly apiVersion: string; readonly version: CustomVersion } {
  const version = custom.versions.find(({ storage }) => storage) ?? own;
  return { apiVersion: `${custom.group}/${version.name}`, version };
}

/** The policy that older servers set for Services that have no use for it does not leave the store. */
function readService(service: JsonObject): JsonObject {
  const { internalTrafficPolicy, ...spec } = asObject(service.spec);
  return internalTrafficPolicy === undefined || spec.type !== 'ExternalName' ? service : { ...service, spec };
}

/** Autoscalers are stored as autoscaling/v2, where one without metrics gets one. */
function readAutoscaler(autoscaler: JsonObject): JsonObject {
  const spec = asObject(autoscaler.spec);
  const annotated = asObject(asObject(autoscaler.metadata).annotations)['autoscaling.alpha.kubernetes.io/metrics'];
  if (spec.targetCPUUtilizationPercentage !== undefined || annotated !== undefined) return autoscaler;
  return { ...autoscaler, spec: { ...spec, targetCPUUtilizationPercentage: 80 } };
}
