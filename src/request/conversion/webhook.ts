// Conversion webhooks of CustomResourceDefinitions (`spec.conversion.strategy: Webhook`; apiextensions-apiserver/pkg/apiserver/conversion, 1.36):
// what one is asked for an object, and the converted object its answer gives, pruned as the schema of the version wants. The server asks for
// one object at a time; equal questions of one request are asked once here.

import { asList, asString, canonicalJson, dig, field, type JsonObject, strings } from '../../lib/json.ts';
import { endpointOf } from '../admission/webhook/configuration.ts';
import { callUrl } from '../admission/webhook/endpoint.ts';
import { reviewVersion } from '../admission/webhook/response.ts';
import type { Endpoint, WebhookCall } from '../calls/call.ts';
import { coercion } from '../custom/coerce.ts';
import { goQuote } from '../fields/go-text.ts';
import type { Serving } from '../server.ts';
import type { CustomType } from '../target.ts';
import { convertedObject, readReview } from './response.ts';
import { Unconverted } from './unconverted.ts';

/** What a conversion needs to know of the server. */
export type Converting = Pick<Serving, 'server' | 'state' | 'calls' | 'isPartial'>;

/** The server gives every conversion half a minute. */
const timeoutSeconds = 30;
const services = { group: '', resource: 'services' };

/** True where objects of the definition are converted by a webhook. */
export function hasConversionWebhook(definition: JsonObject): boolean {
  return dig(definition, 'spec', 'conversion', 'strategy') === 'Webhook';
}

/** The object in another version as its webhook makes it, whatever fields that has. Throws where there is none (`Unconverted`). */
export function askedToConvert(object: JsonObject, apiVersion: string, definition: JsonObject, at: Converting): JsonObject {
  if (object.apiVersion === apiVersion) return object;
  if (Object.keys(object).length === 2 && object.kind !== undefined && object.apiVersion !== undefined) return { ...object, apiVersion };
  const name = asString(dig(definition, 'metadata', 'name')) ?? '';
  const from = asString(object.apiVersion) ?? '';
  for (const [preposition, each] of [
    ['to', apiVersion],
    ['from', from],
  ] as const)
    if (!isVersionOf(definition, each)) throw Unconverted.failed(`request to convert CR ${preposition} an invalid group/version: ${each}`);
  const webhook = dig(definition, 'spec', 'conversion', 'webhook');
  const version = reviewVersion(strings(field(webhook, 'conversionReviewVersions')));
  if (version === undefined) throw Unconverted.failed('no supported conversion review versions');
  const what = `conversion webhook for ${from}, Kind=${asString(object.kind) ?? ''}`;
  const endpoint = endpointOf(field(webhook, 'clientConfig'));
  if (endpoint === undefined) throw Unconverted.failed(`${what} failed: webhook configuration must have either service or URL`);
  const url = callUrl(endpoint, timeoutSeconds);
  const isMissing = endpoint.kind === 'service' && at.state.get(services, endpoint.namespace, endpoint.name) === undefined;
  if (isMissing && at.isPartial !== true)
    throw Unconverted.failed(`${what} failed: Post ${goQuote(url)}: service ${goQuote(endpoint.name)} not found`);
  const called = `the conversion webhook of ${name}`;
  const unknown = (why: string) => Unconverted.unknown(`${called} ${why}; the object in ${apiVersion} is not known`);
  if (at.calls === undefined) throw unknown('would be asked');
  const call = callFor(called, endpoint, asString(dig(webhook, 'clientConfig', 'caBundle')) ?? '', version, object, apiVersion);
  const reply = at.calls.replyTo(call);
  if (reply === undefined) throw Unconverted.waits();
  if (reply.kind === 'not known') throw unknown(`${reply.sent ? 'was asked' : 'is not asked'}: ${reply.why}`);
  const review = readReview(reply, version, url, at.server.release.definition('meta.v1.Status'));
  if (!review.ok) throw Unconverted.failed(`${what} failed: ${review.problem}`);
  const converted = convertedObject(review.value, object, apiVersion);
  if (!converted.ok) throw Unconverted.failed(converted.problem.startsWith(' ') ? `${what}${converted.problem}` : converted.problem);
  return converted.value;
}

/** The same, with what the version does not know pruned away. */
export function convertedByWebhook(object: JsonObject, apiVersion: string, { custom, definition }: CustomType, at: Converting): JsonObject {
  const raw = askedToConvert(object, apiVersion, definition, at);
  const version = custom.versions.find(({ name }) => `${custom.group}/${name}` === apiVersion);
  if (raw === object || version === undefined) return raw;
  const { value, error } = coercion(raw, version, at.server.release.definition('meta.v1.ObjectMeta'));
  if (error !== undefined) throw Unconverted.failed(error);
  return value;
}

function isVersionOf(definition: JsonObject, apiVersion: string): boolean {
  const group = asString(dig(definition, 'spec', 'group')) ?? '';
  return asList(dig(definition, 'spec', 'versions')).some((each) => `${group}/${asString(field(each, 'name')) ?? ''}` === apiVersion);
}

function callFor(
  name: string,
  endpoint: Endpoint,
  caBundle: string,
  version: string,
  object: JsonObject,
  desiredAPIVersion: string,
): WebhookCall {
  const body = {
    kind: 'ConversionReview',
    apiVersion: `apiextensions.k8s.io/${version}`,
    request: { uid: '', desiredAPIVersion, objects: [JSON.parse(canonicalJson(object)) as JsonObject] },
    response: { uid: '', convertedObjects: null, result: { metadata: {} } },
  };
  return { name, key: JSON.stringify(['conversion', endpoint, caBundle, body]), endpoint, caBundle, timeoutSeconds, body, hasUid: true };
}
