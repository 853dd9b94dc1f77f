// One webhook asked about one request: whether it can be, what it is sent, and what its answer means
// (k8s.io/apiserver/pkg/admission/plugin/webhook/{mutating,validating}/dispatcher.go, 0.36).

import { asNumber, asString, dig, field, isObject, type Json, type JsonObject } from '../../../lib/json.ts';
import type { AdmissionRequest } from '../../../policy/admission-request.ts';
import type { Matched } from '../../../policy/match.ts';
import type { Refusal, StatusCause, StatusReason } from '../../answer.ts';
import type { WebhookCall } from '../../calls/call.ts';
import { goQuote } from '../../fields/go-text.ts';
import { badRequest, internal } from '../../status.ts';
import { addWarning } from '../../write/warnings.ts';
import type { Attributes } from '../plugin.ts';
import type { Phase, Webhook } from './configuration.ts';
import { callUrl } from './endpoint.ts';
import { type Response, readResponse, reviewVersion } from './response.ts';
import { admissionReview, type Reviewed, reviewedObjects } from './review.ts';

export type Asked =
  /** The call is still to be made. */
  | { readonly kind: 'waiting' }
  /** Nobody can be asked; what it would say is not known. */
  | { readonly kind: 'unknown' }
  /** The webhook failed, which its failurePolicy judges. */
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'allowed'; readonly response: Response; readonly reviewed: Reviewed };

/** Asks a webhook, or says why it is not asked. `round` is 1 where it is asked again. */
export function ask(
  phase: Phase,
  webhook: Webhook,
  matched: Matched,
  request: AdmissionRequest,
  attributes: Attributes,
  round: number,
): Asked {
  const { name, configuration } = webhook;
  const { serving } = attributes;
  const unknown = (why: string): Asked => {
    attributes.unknown?.push(`${phase} webhook ${name} of ${configuration} ${why}; its answer is not known`);
    return { kind: 'unknown' };
  };
  const hasEffects = webhook.sideEffects !== 'None' && webhook.sideEffects !== 'NoneOnDryRun';
  if (attributes.dryRun && hasEffects)
    return { kind: 'refused', refusal: badRequest(`admission webhook ${goQuote(name)} does not support dry run`) };
  const version = reviewVersion(webhook.reviewVersions);
  if (version === undefined)
    return failed('could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)');
  const { endpoint } = webhook;
  if (endpoint === undefined)
    return failed(
      `could not get REST client: failed calling webhook ${goQuote(name)}: webhook configuration must have either service or URL`,
    );
  const url = callUrl(endpoint, webhook.timeoutSeconds);
  const isMissing = endpoint.kind === 'service' && serving.state.get(services, endpoint.namespace, endpoint.name) === undefined;
  // Manifests often leave the webhook's own to another repository.
  if (isMissing && serving.isPartial !== true)
    return failed(`failed to call webhook: Post ${goQuote(url)}: service ${goQuote(endpoint.name)} not found`);
  if (serving.calls === undefined) return unknown('would be asked');
  const isSupposed = serving.isSupposed === true;
  if (isSupposed && hasEffects) return unknown('has side effects, and is not asked about what is only supposed');
  const reviewed = reviewedObjects(attributes, matched);
  if (reviewed === undefined) return { kind: 'refused', refusal: internal(`unable to convert to ${matched.kind.version}`) };
  const body = admissionReview(version, request, matched, reviewed, attributes.dryRun || isSupposed);
  const call: WebhookCall = {
    name: `${phase} webhook ${name} of ${configuration}`,
    key: JSON.stringify([phase, webhook.id, round, endpoint, webhook.caBundle, body]),
    endpoint,
    caBundle: webhook.caBundle,
    timeoutSeconds: webhook.timeoutSeconds,
    body,
    hasUid: true,
  };
  const reply = serving.calls.replyTo(call);
  if (reply === undefined) return { kind: 'waiting' };
  if (reply.kind === 'not known') return unknown(`${reply.sent ? 'was asked' : 'is not asked'}: ${reply.why}`);
  const response = readResponse(reply, version, phase, url, serving.server.release.definition('meta.v1.Status'));
  if (!response.ok) return failed(response.problem);
  for (const [key, value] of Object.entries(response.value.auditAnnotations)) attributes.audit.set(`${name}/${key}`, value);
  for (const text of response.value.warnings) addWarning(attributes.warnings, text);
  if (!response.value.allowed) return { kind: 'refused', refusal: denial(name, response.value.status) };
  return { kind: 'allowed', response: response.value, reviewed };
}

const services = { group: '', resource: 'services' };

function failed(why: string): Asked {
  return { kind: 'failed', why };
}

/** `failed calling webhook "x": …`, as the API server answers it. */
export function callFailure(name: string, why: string): Refusal {
  return internal(`failed calling webhook ${goQuote(name)}: ${why}`);
}

/** The Status of a webhook that says no: its own, made a failure. */
export function denial(name: string, status: JsonObject | undefined): Refusal {
  const by = `admission webhook ${goQuote(name)} denied the request`;
  const message = asString(status?.message) ?? '';
  const reason = asString(status?.reason) ?? '';
  const said = message === '' ? reason : message;
  const code = asNumber(status?.code) ?? 0;
  const details = detailsOf(status?.details);
  return {
    code: code < 400 ? 400 : code,
    // A webhook may give any reason, also one that Kubernetes does not know.
    reason: reason as StatusReason,
    message: said === '' ? `${by} without explanation` : `${by}: ${said}`,
    ...(details === undefined ? {} : { details }),
  };
}

function detailsOf(value: Json | undefined): Refusal['details'] {
  if (!isObject(value)) return undefined;
  const texts = (['name', 'group', 'kind', 'uid'] as const).flatMap((key) => {
    const text = asString(value[key]) ?? '';
    return text === '' ? [] : [[key, text] as const];
  });
  const seconds = asNumber(value.retryAfterSeconds) ?? 0;
  const causes = Array.isArray(value.causes) ? (value.causes as readonly Json[]).map(causeOf) : [];
  return {
    ...Object.fromEntries(texts),
    ...(causes.length === 0 ? {} : { causes }),
    ...(seconds === 0 ? {} : { retryAfterSeconds: seconds }),
  };
}

function causeOf(value: Json): StatusCause {
  const at = asString(field(value, 'field')) ?? '';
  return {
    reason: asString(dig(value, 'reason')) ?? '',
    message: asString(dig(value, 'message')) ?? '',
    ...(at === '' ? {} : { field: at }),
  };
}
