// Between the served versions of a kind, as writes need it. Built-in kinds are converted as reads show them; custom resources by changing
// apiVersion and dropping what the version does not know, or by the webhook that their definition names.

import { decode, encode } from '../../kube/schema/defaults/decode.ts';
import type { JsonObject } from '../../lib/json.ts';
import { askedToConvert, type Converting, convertedByWebhook, hasConversionWebhook } from '../conversion/webhook.ts';
import { coercedIn } from '../custom/coerce.ts';
import { otherVersion } from '../read/convert.ts';
import type { Target } from '../target.ts';

/** The object in another API version of its kind; undefined where the kind has none such. Throws where a webhook gives none (`Unconverted`). */
export function convertTo(object: JsonObject, apiVersion: string, target: Target, at: Converting): JsonObject | undefined {
  if (object.apiVersion === apiVersion) return object;
  if (target.type.kind === 'built-in') {
    const converted = { ...otherVersion(target.kind, object.apiVersion, apiVersion, object), apiVersion };
    if (apiVersion !== target.kindVersion) return converted;
    const { schema } = target.type;
    return encode(decode(converted, schema), schema) as JsonObject;
  }
  const version = versionOf(apiVersion, target);
  if (version === undefined) return undefined;
  if (hasConversionWebhook(target.type.definition)) return convertedByWebhook(object, apiVersion, target.type, at);
  return coercedIn({ ...object, apiVersion }, version, at.server.release.definition('meta.v1.ObjectMeta'));
}

/** The same of a custom resource with all that it then has: managed fields, policies and webhooks see what no schema has pruned. */
export function convertWhole(object: JsonObject, apiVersion: string, target: Target, at: Converting): JsonObject | undefined {
  if (target.type.kind === 'built-in') return convertTo(object, apiVersion, target, at);
  if (object.apiVersion === apiVersion) return object;
  if (versionOf(apiVersion, target) === undefined) return undefined;
  const { definition } = target.type;
  return hasConversionWebhook(definition) ? askedToConvert(object, apiVersion, definition, at) : { ...object, apiVersion };
}

function versionOf(apiVersion: string, { type }: Target) {
  if (type.kind === 'built-in') return undefined;
  return type.custom.versions.find(({ name }) => `${type.custom.group}/${name}` === apiVersion);
}
