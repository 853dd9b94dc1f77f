// A custom resource as it comes through the codecs of the server, which it does whenever it is read from the store or changes its version:
// fields that its schema does not know are dropped, so are nulls that mean nothing, and metadata is written anew
// (apiextensions-apiserver/pkg/apiserver/customresource_handler.go, unstructuredSchemaCoercer, 1.36). An apply writes what it is given as it
// stands; that is seen when it is read.

import { dropNulls, pruneUnknown } from '../../kube/schema/complete.ts';
import { decode, encode } from '../../kube/schema/defaults/decode.ts';
import type { Schema } from '../../kube/schema/schema.ts';
import type { CustomVersion } from '../../kube/schema/structural.ts';
import { isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { coerced } from '../decode/embedded.ts';

/** The object as it is read in a version; the same object where nothing changes. */
export function coercedIn(object: JsonObject, version: CustomVersion, objectMeta: Schema | undefined): JsonObject {
  return coercion(object, version, objectMeta).value;
}

/** The same, with what the server says of an embedded object that cannot be one. */
export function coercion(
  object: JsonObject,
  { schema, preservesUnknownFields }: Pick<CustomVersion, 'schema' | 'preservesUnknownFields'>,
  objectMeta: Schema | undefined,
): { readonly value: JsonObject; readonly error: string | undefined } {
  const kept = preservesUnknownFields ? object : (dropNulls(pruneUnknown(object, schema).value, schema) as JsonObject);
  if (objectMeta === undefined) return { value: kept, error: undefined };
  const { value, error } = coerced(kept, schema, objectMeta);
  const whole = error === undefined ? (value as JsonObject) : kept;
  const { metadata } = whole;
  const isUntidy = isObject(metadata) && Object.values(metadata).some(isEmpty);
  return { value: isUntidy ? { ...whole, metadata: encode(decode(metadata, objectMeta), objectMeta) ?? {} } : whole, error };
}

/** Nothing, and what Go does not write. */
function isEmpty(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) ? Object.keys(value).length === 0 : value === null || value === '';
}
