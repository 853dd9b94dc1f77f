// One request through all admission policies, as rows for people and programs: what each rule under each binding says, what mutating
// policies change, and whether the request is let in. The order is the API server's: mutation, Pod Security, validation.

import { type Change, changesBetween } from '../kube/edit/changes.ts';
import type { Json } from '../lib/json.ts';
import { type AdmissionRequest, withObject } from './admission-request.ts';
import type { Cause, Outcome } from './compiled.ts';
import { mutateTwice } from './mutating/mutate.ts';
import { podSecurityAdmission } from './pod-security/admission.ts';
import type { PodSecurityConfiguration } from './pod-security/configuration.ts';
import type { PolicySet } from './policy-set.ts';
import { hideIn, secretHider } from './secret-values.ts';
import { validate } from './verdict.ts';

export type RowResult = 'pass' | 'fail' | 'warn' | 'audit' | 'error' | 'mutate';

export interface Row {
  readonly policy: string;
  readonly binding?: string;
  readonly rule: string;
  /** `fail` refuses the request; `warn` and `audit` only say so; `error`: could not be evaluated, and refuses it. */
  readonly result: RowResult;
  readonly message: string;
  /** Status of the refusal. */
  readonly code?: number;
  readonly why?: () => Cause | undefined;
  /** What a mutation changed. */
  readonly patch?: readonly Change[];
}

export interface Judgement {
  readonly allowed: boolean;
  /** What the client would read. */
  readonly message: string;
  readonly code: number;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly object: Json;
}

export interface JudgeOptions {
  /** Also Pod Security Admission, by the labels of namespaces. */
  readonly podSecurity?: PodSecurityConfiguration;
}

/** The answer to a request, without the values of a Secret that it is about. */
export function judge(set: PolicySet, request: AdmissionRequest, options: JudgeOptions = {}): Judgement {
  const judgement = openly(set, request, options);
  if (request.input.kind.kind !== 'Secret') return judgement;
  const hide = secretHider(request.input);
  return {
    ...judgement,
    message: hide(judgement.message),
    warnings: judgement.warnings.map(hide),
    auditAnnotations: Object.fromEntries(Object.entries(judgement.auditAnnotations).map(([key, value]) => [key, hide(value)])),
    rows: judgement.rows.map((row) => hiddenRow(row, hide)),
  };
}

function hiddenRow({ message, why, patch, ...row }: Row, hide: (text: string) => string): Row {
  const cause = (): Cause | undefined => {
    const known = why?.();
    if (known === undefined) return undefined;
    const parts = known.parts.map(({ expression, value }) => ({ expression, value: hideIn(value, hide) }));
    return { expression: known.expression, value: hideIn(known.value, hide), parts };
  };
  return {
    ...row,
    message: hide(message),
    ...(why !== undefined && { why: cause }),
    ...(patch !== undefined && {
      patch: patch.map((change) => ('value' in change ? { ...change, value: hideIn(change.value, hide) } : change)),
    }),
  };
}

function openly(set: PolicySet, request: AdmissionRequest, { podSecurity }: JudgeOptions): Judgement {
  const rows: Row[] = [];
  const mutated = mutateTwice(set, request);
  rows.push(...mutationRows(mutated.outcomes, request.input.object, mutated.object));
  const refused = (code: number, message: string, warnings: readonly string[], auditAnnotations: Readonly<Record<string, string>>) => ({
    allowed: false,
    code,
    message,
    warnings,
    auditAnnotations,
    rows,
    object: mutated.object,
  });
  if (mutated.refusal !== undefined) return refused(mutated.refusal.code, mutated.refusal.message, [], {});
  const final = mutated.changed ? withObject(request, mutated.object) : request;
  const security = podSecurity === undefined ? undefined : podSecurityAdmission(final, podSecurity);
  if (security !== undefined) rows.push(...securityRows(security.refusal?.message, security.warnings));
  const verdict = validate(set, final);
  rows.push(...verdict.outcomes.map(validationRow));
  const warnings = [...(security?.warnings ?? []), ...verdict.warnings];
  const annotations = { ...security?.auditAnnotations, ...verdict.auditAnnotations };
  const refusal = security?.refusal ?? verdict.refusal;
  if (refusal !== undefined) return refused(refusal.code, refusal.message, warnings, annotations);
  return { allowed: true, code: 200, message: '', warnings, auditAnnotations: annotations, rows, object: mutated.object };
}

function mutationRows(outcomes: readonly Outcome[], before: Json, after: Json): readonly Row[] {
  const failures = outcomes.filter(({ decision }) => decision !== 'allow').map(validationRow);
  const applied = outcomes.filter(({ decision }) => decision === 'allow');
  const patch = changesBetween(before, after, '');
  if (applied.length === 0 || patch.length === 0) return failures;
  const names = [...new Set(applied.map(({ policy }) => policy))];
  const message = patch.map(({ op, path }) => `${op} ${path}`).join(', ');
  return [...failures, { policy: names.join(', '), rule: 'spec.mutations', result: 'mutate', message, patch }];
}

function securityRows(refusal: string | undefined, warnings: readonly string[]): readonly Row[] {
  const row = (result: RowResult, message: string): Row => ({ policy: 'PodSecurity', rule: 'labels of the namespace', result, message });
  return [...(refusal === undefined ? [] : [row('fail', refusal)]), ...warnings.map((text) => row('warn', text))];
}

function validationRow({ policy, binding, rule, decision, enforcement, message, code, why }: Outcome): Row {
  const named = { policy, ...(binding !== undefined && { binding }), rule };
  if (decision === 'allow') return { ...named, result: 'pass', message };
  const refuses = enforcement.includes('deny');
  const result = refuses ? (decision === 'error' ? 'error' : 'fail') : enforcement.includes('warn') ? 'warn' : 'audit';
  return { ...named, result, message, ...(refuses && { code }), ...(why !== undefined && { why }) };
}
