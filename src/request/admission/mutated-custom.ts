// A custom resource as a mutation leaves it: defaults filled in, and nothing pruned or held against anything before it is stored and read again, so
// that fields which its schema does not know count as changes meanwhile (k8s.io/apiserver/pkg/admission/plugin, webhook/mutating and
// policy/mutating, 0.36). What metadata cannot hold is dropped when it is read.

import { applySchemaDefaults } from '../../kube/schema/complete.ts';
import type { Schema } from '../../kube/schema/schema.ts';
import { isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { Body } from '../decode/body.ts';
import { decodeCustom } from '../decode/custom.ts';
import { asStruct, type Outcome } from '../decode/decode.ts';
import { heldAgainst } from '../decode/typed.ts';
import type { Serving } from '../server.ts';
import type { Target } from '../target.ts';

/** The object, or what stands against reading it. */
export function mutatedCustom(body: Body, target: Target, serving: Serving): Result<Outcome, string> {
  if (target.type.kind !== 'custom' || !isObject(body.value)) return decodeCustom(body, target, serving);
  const { custom } = target.type;
  const version = body.kind === target.kind && custom.versions.find(({ name }) => `${custom.group}/${name}` === body.apiVersion);
  return ok({ object: asStruct(version ? applySchemaDefaults(body.value, version.schema) : body.value), strict: [] });
}

/** The object without the fields of its metadata that are of another type. */
export function withReadableMetadata(object: JsonObject, { server }: Serving): JsonObject {
  const { metadata } = object;
  const objectMeta = server.release.definition('meta.v1.ObjectMeta');
  if (objectMeta === undefined || metadata === undefined || isReadable(metadata, objectMeta)) return object;
  if (!isObject(metadata)) return { ...object, metadata: {} };
  const kept = Object.entries(metadata).filter(([key, value]) => isReadable({ [key]: value }, objectMeta));
  return { ...object, metadata: Object.fromEntries(kept) };
}

function isReadable(metadata: Json, objectMeta: Schema): boolean {
  return heldAgainst(metadata, objectMeta).error === undefined;
}
