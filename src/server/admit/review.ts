// AdmissionReview of admission.k8s.io v1 and v1beta1 (k8s.io/api 0.36): what the API server asks a webhook, and the answer. The objects are
// read as any policy is asked about them (`policy/review-input.ts`).

import { exactJson } from '../../kube/json/exact.ts';
import { asString, field, isObject, type Json } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { AdmissionInput } from '../../policy/admission.ts';
import { operations, reviewInput } from '../../policy/review-input.ts';

export interface Review {
  readonly apiVersion: 'admission.k8s.io/v1' | 'admission.k8s.io/v1beta1';
  readonly uid: string;
  readonly input: AdmissionInput;
  /** Why the objects cannot be judged; they are not in `input` then. */
  readonly unreadable?: string;
}

/** What the webhook says. `patch` is a JSON patch. */
export interface ReviewAnswer {
  readonly allowed: boolean;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
  readonly patch?: readonly Json[];
}

/**
 * Reads a request body. Where the objects cannot be read exactly, a number that a double rounds say, the review is still one: it gets
 * an answer, but no policy can judge it.
 */
export function readReview(text: string): Result<Review, Problem> {
  const parsed = exactJson(text);
  if (typeof parsed === 'string') return withoutObjects(text, parsed);
  if (parsed === undefined) return bad('the body is no JSON');
  return reviewOf(parsed.value);
}

/** What was asked, without what it was asked about. */
function withoutObjects(text: string, unreadable: string): Result<Review, Problem> {
  const review = reviewOf(JSON.parse(text));
  if (!review.ok) return review;
  const { options: _, ...input } = review.value.input;
  return ok({ ...review.value, input: { ...input, object: null, oldObject: null }, unreadable });
}

function reviewOf(value: Json): Result<Review, Problem> {
  const apiVersion = field(value, 'apiVersion');
  if (field(value, 'kind') !== 'AdmissionReview' || (apiVersion !== 'admission.k8s.io/v1' && apiVersion !== 'admission.k8s.io/v1beta1'))
    return bad('the body is no AdmissionReview of admission.k8s.io/v1 or v1beta1');
  const request = field(value, 'request');
  if (!isObject(request)) return bad('the review has no request');
  const uid = asString(request.uid) ?? '';
  if (uid === '') return bad('request.uid is missing');
  const input = reviewInput(request);
  if (input === undefined) return bad(`request.operation is none of ${operations.join(', ')}`);
  if (asString(field(request.kind, 'kind')) === undefined || asString(field(request.resource, 'resource')) === undefined)
    return bad('request.kind or request.resource is missing');
  return ok({ apiVersion, uid, input });
}

function bad(message: string): Result<never, Problem> {
  return failure(problem('admission/bad-review', message));
}

/** The body of the answer. */
export function writeReview({ apiVersion, uid }: Pick<Review, 'apiVersion' | 'uid'>, answer: ReviewAnswer): string {
  const { allowed, code, reason, message, warnings, auditAnnotations, patch } = answer;
  const status = allowed ? undefined : { status: 'Failure', code: code ?? 403, reason: reason ?? 'Forbidden', message: message ?? '' };
  return JSON.stringify({
    apiVersion,
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed,
      ...(status === undefined ? {} : { status }),
      ...(warnings.length === 0 ? {} : { warnings: shortWarnings(warnings) }),
      ...(Object.keys(auditAnnotations).length === 0 ? {} : { auditAnnotations: annotationsOf(auditAnnotations) }),
      ...(patch === undefined || patch.length === 0
        ? {}
        : { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }),
    },
  });
}

/** The API server cuts what is longer: 256 characters a warning, 4,096 in all. */
function shortWarnings(warnings: readonly string[]): readonly string[] {
  const shown: string[] = [];
  let left = 3900;
  for (const warning of warnings) {
    const text = warning.length <= 250 ? warning : `${warning.slice(0, 247)}...`;
    if (text.length > left) break;
    left -= text.length;
    shown.push(text);
  }
  if (shown.length < warnings.length) shown.push(`${warnings.length - shown.length} more warnings are not shown`);
  return shown;
}

/** The API server puts the webhook's name and a slash before a key, and takes no second slash. */
function annotationsOf(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key.replaceAll('/', '.'), value.slice(0, 10_240)]));
}
