// What a webhook answered, read as the server reads it (k8s.io/client-go/rest and k8s.io/apiserver/pkg/admission/plugin/webhook/request, 0.36):
// a review of the version that was sent, in JSON or YAML whatever its content type says. Where it is none, the reason in the server's words.

import type { Schema } from '../../../kube/schema/schema.ts';
import { asObject, asString, dig, field, isObject, type Json, type JsonObject, stringMap, strings } from '../../../lib/json.ts';
import { failure, ok, type Result } from '../../../lib/result.ts';
import type { WebhookReply } from '../../calls/call.ts';
import { readBody } from '../../decode/body.ts';
import { heldAgainst } from '../../decode/typed.ts';
import { goQuote } from '../../fields/go-text.ts';
import type { Phase } from './configuration.ts';
import { unexpectedStatus } from './unexpected-status.ts';

export interface Response {
  readonly allowed: boolean;
  readonly status: JsonObject | undefined;
  /** Undefined where there is none; bytes of what should be a JSON patch. */
  readonly patch: string | undefined;
  readonly patchType: string;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

/** Reads an answer; the problem is what stands behind `failed calling webhook "x": `. */
export function readResponse(
  reply: Exclude<WebhookReply, { readonly kind: 'not known' }>,
  version: 'v1' | 'v1beta1',
  phase: Phase,
  url: string,
  statusSchema: Schema | undefined,
): Result<Response, string> {
  if (reply.kind === 'failed') return failure(`failed to call webhook: ${transportError(reply, url)}`);
  const review = decodedReview(reply, version, admissionReviews(statusSchema));
  if (!review.ok) return failure(`failed to call webhook: ${review.problem}`);
  const verified = version === 'v1' ? verify(review.value, reply.uid, phase) : verifyOld(review.value, phase);
  return verified.ok ? verified : failure(`received invalid webhook response: ${verified.problem}`);
}

/** What Go's HTTP client says of a request that got no answer. */
export function transportError({ during, message }: Extract<WebhookReply, { readonly kind: 'failed' }>, url: string): string {
  return during === 'request'
    ? `Post ${goQuote(url)}: ${message}`
    : `unexpected error when reading response body. Please retry. Original error: ${message}`;
}

const text: Schema = { type: 'string' };
const group = 'admission.k8s.io';

/** The reviews of one group of webhooks, in the versions v1 and v1beta1. */
export interface Reviews {
  readonly group: string;
  readonly kind: string;
  /** Fields of the response. */
  readonly response: ReadonlyMap<string, Schema>;
  readonly status: Schema | undefined;
}

function admissionReviews(status: Schema | undefined): Reviews {
  const response = new Map<string, Schema>([
    ['uid', text],
    ['allowed', { type: 'boolean' }],
    ['status', status ?? {}],
    ['patch', { type: 'string', format: 'bytes' }],
    ['patchType', text],
    ['auditAnnotations', { type: 'object', additionalProperties: text }],
    ['warnings', { type: 'array', items: text }],
  ]);
  return { group, kind: 'AdmissionReview', response, status };
}

function reviewSchema(version: string, { group: own, kind, response }: Reviews): Schema {
  const short = own.split('.')[0] ?? '';
  const properties = new Map<string, Schema>([
    ['kind', text],
    ['apiVersion', text],
    ['request', {}],
    ['response', { type: 'object', definition: `${short}.${version}.${kind.replace(/Review$/, 'Response')}`, properties: response }],
  ]);
  return { type: 'object', definition: `${short}.${version}.${kind}`, properties };
}

/** The first version of reviews that both sides know; undefined where there is none. */
export function reviewVersion(versions: readonly string[]): 'v1' | 'v1beta1' | undefined {
  for (const version of versions) if (version === 'v1' || version === 'v1beta1') return version;
  return undefined;
}

type Answered = Extract<WebhookReply, { readonly kind: 'answered' }>;

/** Where the scheme of the webhooks' clients was made. */
const scheme = 'pkg/runtime/scheme.go:111';

/** The review that was answered, in the version that was sent; the reason in the server's words where it is none. */
export function decodedReview(reply: Answered, version: string, reviews: Reviews): Result<JsonObject, string> {
  const { status: code, contentType, body } = reply;
  if (code < 200 || code > 206) return failure(unexpectedStatus(reply));
  if (body.length === 0)
    return failure(
      `0-length response with status code: ${code} and content type: ${contentType === '' ? 'application/json' : contentType}`,
    );
  const read = readText(body);
  if (!read.ok) return read;
  const { value } = read;
  const kind = asString(field(value, 'kind')) || reviews.kind;
  const apiVersion = asString(field(value, 'apiVersion')) || `${reviews.group}/${version}`;
  const isReview = kind === reviews.kind && (apiVersion === `${reviews.group}/v1` || apiVersion === `${reviews.group}/v1beta1`);
  const isStatus = kind === 'Status' && apiVersion === 'v1';
  if (!isReview && !isStatus)
    return failure(`no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme ${goQuote(scheme)}`);
  const from = apiVersion.split('/').at(-1) ?? '';
  const { error } = heldAgainst(value, isReview ? reviewSchema(from, reviews) : (reviews.status ?? {}));
  if (error !== undefined) return failure(error);
  if (isReview && from === version) return ok(asObject(value));
  return failure(`converting (${from}.${kind}) to (${version}.${reviews.kind}): unknown conversion`);
}

/** Text that begins like JSON is JSON, every other is YAML. */
export function readText(body: string): Result<Json, string> {
  const nobody = { name: '', groups: [] };
  const request = { method: 'POST', path: '', query: {}, user: nobody, body: { kind: 'text', text: body } } as const;
  const read = readBody(request, /^[ \t\r\n]*\{/.test(body) ? 'json' : 'yaml');
  return read.ok ? ok(read.value.value) : failure(read.message);
}

/** Checks of v1, which v1beta1 does not have. */
function verify(review: JsonObject, uid: string, phase: Phase): Result<Response, string> {
  const { response } = review;
  if (!isObject(response)) return failure('webhook response was absent');
  const own = asString(response.uid) ?? '';
  if (own !== uid) return failure(`expected response.uid=${goQuote(uid)}, got ${goQuote(own)}`);
  const kind = asString(review.kind) ?? '';
  const apiVersion = asString(review.apiVersion) ?? '';
  if (kind === '' || apiVersion === '') {
    const shown = `${apiVersion === '' ? '/' : apiVersion}, Kind=${kind}`;
    return failure(`expected webhook response of ${group}/v1, Kind=AdmissionReview, got ${shown}`);
  }
  const patch = bytesOf(response.patch);
  const type = asString(response.patchType);
  if (phase === 'mutating') {
    if (patch !== undefined && type === undefined) return failure('webhook returned response.patch but not response.patchType');
    if (patch === undefined && type !== undefined) return failure('webhook returned response.patchType but not response.patch');
    if (type === '') return failure(`webhook returned invalid response.patchType of ${goQuote(type)}`);
  } else {
    if (patch !== undefined) return failure('validating webhook may not return response.patch');
    if (type !== undefined) return failure('validating webhook may not return response.patchType');
  }
  return ok(common(response, patch, type ?? ''));
}

function verifyOld({ response }: JsonObject, phase: Phase): Result<Response, string> {
  if (!isObject(response)) return failure('webhook response was absent');
  return ok(common(response, phase === 'mutating' ? bytesOf(response.patch) : undefined, 'JSONPatch'));
}

function common(response: JsonObject, patch: string | undefined, patchType: string): Response {
  const status = dig(response, 'status');
  return {
    allowed: response.allowed === true,
    status: isObject(status) ? status : undefined,
    patch,
    patchType,
    warnings: strings(response.warnings),
    auditAnnotations: stringMap(response.auditAnnotations),
  };
}

/** The text that base64 stands for; undefined for none. */
function bytesOf(value: Json | undefined): string | undefined {
  const base64 = typeof value === 'string' ? value.replace(/[\r\n]/g, '') : '';
  if (base64 === '' || base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return bytes.length === 0 ? undefined : new TextDecoder().decode(bytes);
}
