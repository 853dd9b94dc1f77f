// What a conversion webhook answered (apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go, 1.36): the review read as those of
// admission are, then the object in it held against the one that was sent. A webhook may change everything but what the object is; of its
// metadata only labels and annotations count, the rest stays as it was.

import { groupVersion } from '../../kube/object.ts';
import type { Schema } from '../../kube/schema/schema.ts';
import { asList, asString, dig, field, isObject, type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { decodedReview, type Reviews, transportError } from '../admission/webhook/response.ts';
import type { WebhookReply } from '../calls/call.ts';
import { type FieldError, fieldErrorBody } from '../fields/error.ts';
import { goQuote, goTypeOf } from '../fields/go-text.ts';
import { fieldPath } from '../fields/path.ts';
import { validateAnnotations, validateLabels } from '../validate/meta/labels.ts';

const text: Schema = { type: 'string' };
const group = 'apiextensions.k8s.io';

function conversionReviews(status: Schema | undefined): Reviews {
  const response = new Map<string, Schema>([
    ['uid', text],
    ['convertedObjects', { type: 'array', items: { definition: 'runtime.RawExtension' } }],
    ['result', status ?? {}],
  ]);
  return { group, kind: 'ConversionReview', response, status };
}

/** The objects that were converted; the problem is what stands behind `failed: `. */
export function readReview(
  reply: Exclude<WebhookReply, { readonly kind: 'not known' }>,
  version: 'v1' | 'v1beta1',
  url: string,
  status: Schema | undefined,
): Result<readonly Json[], string> {
  if (reply.kind === 'failed') return failure(transportError(reply, url));
  const read = decodedReview(reply, version, conversionReviews(status));
  if (!read.ok) return read;
  const kind = asString(read.value.kind) ?? '';
  const apiVersion = asString(read.value.apiVersion) ?? '';
  if (version === 'v1' && (kind === '' || apiVersion === '')) {
    const shown = `${apiVersion === '' ? '/' : apiVersion}, Kind=${kind}`;
    return failure(`expected webhook response of ${group}/v1, Kind=ConversionReview, got ${shown}`);
  }
  const { response } = read.value;
  if (!isObject(response)) return failure('no response provided');
  const uid = asString(response.uid) ?? '';
  if (version === 'v1' && uid !== reply.uid) return failure(`expected response.uid=${goQuote(reply.uid)}, got ${goQuote(uid)}`);
  const result = asString(dig(response, 'result', 'status')) ?? '';
  if (result === 'Success') return ok(asList(response.convertedObjects));
  const message = asString(dig(response, 'result', 'message')) ?? '';
  return failure(message === '' ? `response.result.status was '${result}', not 'Success'` : message);
}

/** The one object of an answer, with the metadata of the one that was sent. A problem that begins with a blank says what of the webhook. */
export function convertedObject(objects: readonly Json[], original: JsonObject, apiVersion: string): Result<JsonObject, string> {
  const [object] = objects;
  if (objects.length !== 1) return failure(` returned ${objects.length} objects, expected 1`);
  const unreadable = unstructuredFault(object);
  if (!isObject(object) || unreadable !== undefined) return failure(unreadable ?? '');
  const invalid = (why: string) => failure(` returned invalid object${why}`);
  const own = asString(object.apiVersion) ?? '';
  if (own !== apiVersion) return invalid(` at index 0: invalid groupVersion (expected ${apiVersion}, received ${shownVersion(own)})`);
  if (object.kind !== original.kind)
    return invalid(` at index 0: invalid kind (expected ${String(original.kind)}, received ${String(object.kind)})`);
  for (const [key, word] of [
    ['name', 'name'],
    ['namespace', 'namespace'],
    ['uid', 'UID'],
  ] as const) {
    const [before, after] = [original, object].map((each) => asString(field(each.metadata, key)) ?? '');
    if (before !== after) return invalid(`: must have the same ${word}: ${before} != ${after}`);
  }
  const metadata = restoredMetadata(original.metadata, object.metadata);
  return metadata.ok ? ok({ ...object, metadata: metadata.value }) : failure(` returned invalid metadata: ${metadata.problem}`);
}

/** A group and version as Go prints what it parsed. */
function shownVersion(apiVersion: string): string {
  const { group: own, version } = groupVersion(apiVersion);
  return own === '' ? version : `${own}/${version}`;
}

/** What Go says of JSON that is no object of any kind. */
function unstructuredFault(value: Json | undefined): string | undefined {
  if (value === null || value === undefined) return 'unexpected end of JSON input';
  if (!isObject(value)) {
    const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`;
  }
  return (asString(value.kind) ?? '') === '' ? `Object 'Kind' is missing in '${JSON.stringify(value)}'` : undefined;
}

function restoredMetadata(before: Json | undefined, after: Json | undefined): Result<JsonObject, string> {
  if (after === undefined) return failure('missing metadata in converted object');
  if (!isObject(after)) return failure(`invalid metadata of type ${goTypeOf(after)} in converted object`);
  const restored: Record<string, Json | undefined> = isObject(before) ? { ...before } : {};
  for (const name of ['labels', 'annotations'] as const) {
    const given = after[name];
    if (given === undefined || given === null) {
      delete restored[name];
      continue;
    }
    if (!isObject(given)) return failure(`invalid metadata.${name} of type ${goTypeOf(given)} in converted object`);
    for (const key of Object.keys(given))
      if (typeof given[key] !== 'string')
        return failure(`metadata.${name}[${key}] must be a string, but is ${goTypeOf(given[key] ?? null)} in converted object`);
    if (!sameJson(given, restored[name] ?? {})) {
      const errors: FieldError[] = [];
      if (name === 'labels') validateLabels(given, fieldPath('metadata').child('labels'), errors);
      else validateAnnotations(given, fieldPath('metadata').child('annotation'), errors);
      const texts = [...new Set(errors.map((error) => `${error.field}: ${fieldErrorBody(error)}`))];
      if (texts.length > 0) return failure(texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`);
    }
    restored[name] = given;
  }
  return ok(restored as JsonObject);
}
