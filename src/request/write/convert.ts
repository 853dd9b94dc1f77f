// Between the served versions of a kind, as writes need it. Built-in kinds are converted as reads show them; custom resources by changing
// apiVersion and dropping what the version does not know. Conversion webhooks are not called.

import { dropNulls, pruneUnknown } from '../../kube/schema/complete.ts';
import { decode, encode } from '../../kube/schema/defaults/decode.ts';
import type { JsonObject } from '../../lib/json.ts';
import { otherVersion } from '../read/convert.ts';
import { customType, type Target } from '../target.ts';

/** The object in another API version of its kind; undefined where the kind is not served in it. */
export function convertTo(object: JsonObject, apiVersion: string, target: Target): JsonObject | undefined {
  if (object.apiVersion === apiVersion) return object;
  if (target.type.kind === 'built-in') {
    const converted = { ...otherVersion(target.kind, object.apiVersion, apiVersion, object), apiVersion };
    if (apiVersion !== target.kindVersion) return converted;
    const { schema } = target.type;
    return encode(decode(converted, schema), schema) as JsonObject;
  }
  const type = customType(target.type.definition, apiVersion.split('/')[1] ?? '');
  if (type === undefined || !apiVersion.startsWith(`${target.group}/`)) return undefined;
  const converted = { ...object, apiVersion };
  const { schema, preservesUnknownFields } = type.version;
  if (preservesUnknownFields) return converted;
  return dropNulls(pruneUnknown(converted, schema).value, schema) as JsonObject;
}
