// The answer of admission to a request: what all validating policies say together, with the Status, warnings and audit annotations that
// kube-apiserver 1.36 gives. Only the first denial is in the Status; the rest is in the outcomes.

import { newestMinor } from '../languages/cel/kubernetes.ts';
import { field, type JsonObject } from '../lib/json.ts';
import { type AdmissionInput, sentAs } from './admission.ts';
import type { AdmissionRequest } from './admission-request.ts';
import type { Outcome, PolicyAnswer } from './compiled.ts';
import type { PolicySet } from './policy-set.ts';

export type RefusalReason =
  | 'BadRequest'
  | 'Forbidden'
  | 'InternalError'
  | 'Invalid'
  | 'NotFound'
  | 'RequestEntityTooLarge'
  | 'ServiceUnavailable'
  | 'Unauthorized';

/** A refusal, as `kind: Status` carries it. */
export interface Refusal {
  readonly code: number;
  readonly reason: RefusalReason;
  readonly message: string;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly causes?: readonly { readonly reason: string; readonly message: string; readonly field?: string }[];
  };
}

export interface Verdict {
  readonly allowed: boolean;
  readonly refusal?: Refusal;
  /** Texts of the Warning headers, in order. */
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
  readonly outcomes: readonly Outcome[];
}

const failureKey = 'validation.policy.admission.k8s.io/validation_failure';
const maxFailures = 50;

/** Asks every validating policy that can match. */
export function validate(set: PolicySet, request: AdmissionRequest): Verdict {
  const answers: PolicyAnswer[] = [];
  for (const policy of set.candidates(request)) if (policy.phase === 'validate') answers.push(policy.evaluate(request));
  // Until 1.36 every failure was written for itself, under one key, so that the first one stayed.
  const kept = (request.context.minor ?? newestMinor) < 37 ? 1 : maxFailures;
  return verdictOf(answers, request.input, kept);
}

function verdictOf(answers: readonly PolicyAnswer[], input: AdmissionInput, kept: number): Verdict {
  const warnings: string[] = [];
  const failures: JsonObject[] = [];
  const auditAnnotations: Record<string, string> = {};
  const outcomes: Outcome[] = [];
  let first: Outcome | undefined;
  for (const answer of answers) {
    for (const outcome of answer.outcomes) {
      outcomes.push(outcome);
      if (outcome.decision === 'allow') continue;
      for (const action of outcome.enforcement) {
        if (action === 'deny') first ??= outcome;
        else if (action === 'warn') warnings.push(warningOf(outcome));
        else failures.push(failureOf(outcome));
      }
    }
    if (answer.warnings !== undefined) for (const text of answer.warnings) warnings.push(text);
    if (answer.auditAnnotations !== undefined) Object.assign(auditAnnotations, answer.auditAnnotations);
  }
  if (failures.length > 0) auditAnnotations[failureKey] = goJson(failures.slice(0, kept));
  const refusal = first === undefined ? undefined : refusalOf(first, input);
  return { allowed: refusal === undefined, ...(refusal !== undefined && { refusal }), warnings, auditAnnotations, outcomes };
}

function refusalOf({ policy, binding, message, reason, code }: Outcome, input: AdmissionInput): Refusal {
  const through = binding === undefined ? '' : ` with binding '${binding}'`;
  const text = `ValidatingAdmissionPolicy '${policy}'${through} denied request: ${message}`;
  return {
    ...forbidden(input, text),
    code,
    reason: reasons[reason] ?? 'Invalid',
    details: { ...detailsOf(input), causes: [{ reason: '', message: text }] },
  };
}

const reasons: Readonly<Record<string, RefusalReason>> = {
  Forbidden: 'Forbidden',
  Invalid: 'Invalid',
  RequestEntityTooLarge: 'RequestEntityTooLarge',
  Unauthorized: 'Unauthorized',
};

/** What admission plugins answer (admission.NewForbidden): `pods "a" is forbidden: …`. */
export function forbidden(input: AdmissionInput, why: string): Refusal {
  const { group, resource } = sentAs(input).resource;
  const qualified = group === '' ? resource : `${resource}.${group}`;
  return {
    code: 403,
    reason: 'Forbidden',
    message: `${qualified} ${JSON.stringify(requestedName(input))} is forbidden: ${why}`,
    details: detailsOf(input),
  };
}

export function detailsOf(input: AdmissionInput): NonNullable<Refusal['details']> {
  const { group, resource } = sentAs(input).resource;
  return { name: requestedName(input), ...(group === '' ? {} : { group }), kind: resource };
}

/** The name of the object, or the beginning of the name that is still to be made. */
function requestedName({ name, object }: AdmissionInput): string {
  if (name !== '') return name;
  const metadata = field(object, 'metadata');
  for (const key of ['name', 'generateName']) {
    const given = field(metadata, key);
    if (typeof given === 'string' && given !== '') return given;
  }
  return 'Unknown';
}

function warningOf({ policy, binding, message }: Outcome): string {
  return `Validation failed for ValidatingAdmissionPolicy '${policy}' with binding '${binding}': ${message}`;
}

function failureOf({ policy, binding = '', message, index, enforcement, actions }: Outcome): JsonObject {
  const validationActions = actions ?? enforcement.map((action) => actionNames[action]);
  return { message, policy, binding, expressionIndex: index, validationActions };
}

const actionNames = { deny: 'Deny', warn: 'Warn', audit: 'Audit' } as const;

/** JSON as Go writes it: some characters escaped, which audit annotations hold to the letter. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
