// Decoding of a custom resource: defaults of its schema filled in, its metadata held against ObjectMeta, unknown fields pruned, nulls dropped
// (apiextensions-apiserver 1.36, schemaCoercingDecoder and unstructuredDefaulter).

import { groupVersion } from '../../kube/object.ts';
import { applySchemaDefaults, dropNulls, pruneUnknown } from '../../kube/schema/complete.ts';
import { decode, encode } from '../../kube/schema/defaults/decode.ts';
import { canonicalJson, field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Serving } from '../server.ts';
import type { Target } from '../target.ts';
import type { Body } from './body.ts';
import { asStruct, type Outcome } from './decode.ts';
import { coerced } from './embedded.ts';
import { heldAgainst, pathText } from './typed.ts';

/** Decodes a body for a custom target; the problem is what stands behind "cannot be handled as". */
export function decodeCustom(body: Body, target: Target, { server }: Serving): Result<Outcome, string> {
  if (target.type.kind !== 'custom') return failure('no custom kind');
  const { version } = target.type;
  if (field(body.value, 'apiVersion') === null) return failure('.apiVersion accessor error: <nil> is of the type <nil>, expected string');
  const strict = [...repeatedFields(body)];
  let value: Json = { ...(isObject(body.value) ? body.value : {}) };
  const isOwn = groupVersion(body.apiVersion).group === target.group && body.kind === target.kind;
  if (isOwn) value = applySchemaDefaults(value, version.schema);
  const objectMeta = server.release.definition('meta.v1.ObjectMeta');
  const given = isObject(value) ? value.metadata : undefined;
  let metadata: Json | undefined;
  if (given !== undefined && objectMeta !== undefined) {
    const held = heldAgainst(given, objectMeta);
    // The server reads it from a map, whose keys are sorted.
    if (held.error !== undefined) return failure(heldAgainst(JSON.parse(canonicalJson(given)) as Json, objectMeta).error ?? held.error);
    strict.push(...held.strict.map((text) => text.replace('field "', 'field "metadata.')));
    metadata = encode(decode(given, objectMeta), objectMeta);
  }
  if (isOwn && !version.preservesUnknownFields) {
    const pruned = pruneUnknown(value, version.schema);
    const unknown = pruned.dropped.map((path) => pathText(path.slice(0, -1), String(path.at(-1))));
    strict.push(...unknown.sort().map((path) => `unknown field "${path}"`));
    value = dropNulls(pruned.value, version.schema);
  }
  if (isOwn && objectMeta !== undefined) {
    const { value: whole, error, unknown } = coerced(value, version.schema, objectMeta);
    if (error !== undefined) return failure(error);
    value = whole;
    strict.push(...unknown);
  }
  const object = { ...(value as JsonObject), metadata: metadata ?? {} };
  return ok({ object: asStruct(object), strict: strict.slice(0, 100) });
}

/** Keys that stand twice anywhere in the body. */
function repeatedFields({ value, oddities }: Body): readonly string[] {
  if (oddities === undefined) return [];
  const found: string[] = [];
  const visit = (at: Json, path: readonly (string | number)[]): void => {
    if (Array.isArray(at)) at.forEach((item, index) => void visit(item, [...path, index]));
    if (!isObject(at)) return;
    const odd = oddities.get(at);
    for (const key of Object.keys(at)) {
      if (odd?.repeated.has(key) === true) found.push(`duplicate field "${pathText(path, key)}"`);
      visit(at[key] ?? null, [...path, key]);
    }
  };
  visit(value, []);
  return found;
}
