// vap: what the plugins of kube-apiserver make of admission policies, expression by expression and policy by policy
// (kubernetes/apiserver, pkg/admission/plugin). Mutated objects are compared without what is empty, as the data's README says.

import { loadSchemas } from '../../src/kube/schema/load.ts';
import type { Release } from '../../src/kube/schema/release.ts';
import { runtimeBudget } from '../../src/languages/cel/cost.ts';
import { declare } from '../../src/languages/cel/crd/schema.ts';
import { types } from '../../src/languages/cel/type.ts';
import { canonicalJson, dig, field, isObject, type Json, type JsonObject, sameJson } from '../../src/lib/json.ts';
import { admissionRequest, namespaceLabels } from '../../src/policy/admission-request.ts';
import { Activation } from '../../src/policy/cel/activation.ts';
import { admissionEnvironment, withVariables } from '../../src/policy/cel/environment.ts';
import { evaluateAll, type Results } from '../../src/policy/cel/evaluate.ts';
import { compileExpression } from '../../src/policy/cel/expression.ts';
import { compileVariables } from '../../src/policy/cel/variables.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { matchesRequest, readMatchResources } from '../../src/policy/match.ts';
import { compileMatchConditions, evaluateMatchConditions } from '../../src/policy/match-conditions.ts';
import { compileMutations } from '../../src/policy/mutating/compile.ts';
import { applyMutation } from '../../src/policy/mutating/invoke.ts';
import { mutateTwice } from '../../src/policy/mutating/mutate.ts';
import { policySet } from '../../src/policy/policy-set.ts';
import { compileRules } from '../../src/policy/validating/compile.ts';
import { decide } from '../../src/policy/validating/decide.ts';
import { typeCheck } from '../../src/policy/validating/type-check.ts';
import { validate } from '../../src/policy/verdict.ts';
import { type CaseResult, jsonLines, type Suite } from '../suite.ts';
import { decodeValue, sameResult } from './cel-value.ts';
import { type Case, contextOf, inputOf } from './vap-case.ts';

export const vap: Suite = { name: 'vap', run };

async function* run(folder: string): AsyncGenerator<CaseResult> {
  const release = await loadSchemas('1.36');
  if (release === undefined) throw new Error('there are no schemas of 1.36');
  for await (const each of jsonLines<Case>(folder, 'cases.jsonl')) {
    const judge = judges[each.kind];
    const detail = judge === undefined ? `no such kind of case: ${each.kind}` : judge(each, release);
    yield { id: each.id, passed: detail === undefined, ...(detail !== undefined && { detail }) };
  }
}

/** What was answered where it is not what was expected. */
type Judge = (each: Case, release: Release) => string | undefined;

const judges: Readonly<Record<string, Judge>> = {
  condition,
  budget: condition,
  variables: condition,
  compile,
  decision,
  'match-conditions': matchConditions,
  matching,
  'namespace-labels': namespaceLabelsCase,
  params,
  actions,
  typecheck,
  'map-jsonpatch': mapPatch,
  'map-apply': mapPatch,
  'map-policy': mapPatch,
  'map-dispatch': mapDispatch,
};

function evaluated(each: Case, release: Release): Results {
  const stored = each.environment === 'stored';
  const minor = stored ? undefined : each.kubernetes === undefined ? 36 : Number(each.kubernetes.split('.')[1]);
  const base = admissionEnvironment(minor, {
    params: each.hasParams ?? each.params !== undefined,
    authorizer: each.hasAuthorizer ?? each.authorizer !== undefined,
  });
  const variables = compileVariables(each.variables, base);
  const environment = withVariables(base, variables?.types ?? new Map());
  const expressions = (each.expressions ?? []).map((source) => compileExpression(source, environment));
  return evaluateAll(expressions, activation(each, release), variables, each.costBudget ?? runtimeBudget, each.perCallLimit);
}

function activation(each: Case, release: Release): Activation {
  const input = inputOf(each);
  const request = admissionRequest(input, contextOf(each, release));
  return new Activation(request, input, input, isObject(each.params) ? each.params : null, true);
}

function condition(each: Case, release: Release): string | undefined {
  const { expect } = each;
  const { results, remaining, exceeded } = evaluated(each, release);
  if (expect.exceeded === 'budget') return exceeded?.includes(expect.error ?? '') === true ? undefined : `not exceeded: ${remaining}`;
  if (expect.error !== undefined) {
    const errors = [exceeded ?? '', ...results.map(({ error }) => error ?? '')].join('\n');
    return errors.includes(expect.error) ? undefined : `no such error: ${errors}`;
  }
  if (exceeded !== undefined) return exceeded;
  if (expect.remainingBudget !== undefined && remaining !== expect.remainingBudget)
    return `${remaining} left, not ${expect.remainingBudget}`;
  for (const [index, wanted] of (expect.results ?? []).entries()) {
    const { value = null, error } = results[index] ?? {};
    if (wanted.error !== undefined) {
      if (error?.includes(wanted.error) !== true) return `no such error: ${error ?? 'none'}`;
    } else if (error !== undefined) return error;
    else if (wanted.value !== undefined && !sameResult(value, decodeValue(wanted.value))) return `${JSON.stringify(value)}`;
  }
  return undefined;
}

function compile({ expressions = [], hasParams = false, hasAuthorizer = false, expect }: Case): string | undefined {
  const environment = withVariables(admissionEnvironment(36, { params: hasParams, authorizer: hasAuthorizer }), new Map());
  const [source = ''] = expressions;
  const errors = [
    compileExpression(source, environment, [types.bool]).error,
    compileExpression(`string(${source})`, environment, [types.string, types.null]).error,
  ];
  if (expect.valid === true) return errors.find((error) => error !== undefined);
  return errors.every((error) => error?.includes(expect.error ?? '') === true) ? undefined : errors.join(' / ');
}

function decision(each: Case, release: Release): string | undefined {
  const input = inputOf(each);
  const request = admissionRequest(input, contextOf(each, release));
  const { decisions, annotations } = decide(compileRules(each.policy?.spec, 36), request, input, input, null);
  const { decisions: wanted = [], auditAnnotations } = each.expect;
  if (wanted.length !== decisions.length) return `${decisions.length} decisions, not ${wanted.length}`;
  for (const [index, { action, reason, message }] of wanted.entries()) {
    const found = decisions[index];
    if (found?.action !== action) return `${found?.action}: ${found?.message}`;
    if (reason !== undefined && found.reason !== reason) return `reason ${found.reason}`;
    if (message !== undefined && !found.message.includes(message)) return `message ${found.message}`;
  }
  const simple = annotations.map(({ key, action, ...rest }) => ({ key, action, ...('value' in rest && { value: rest.value }) }));
  return auditAnnotations === undefined || sameJson(simple, auditAnnotations) ? undefined : JSON.stringify(simple);
}

function matchConditions(each: Case, release: Release): string | undefined {
  const environment = withVariables(admissionEnvironment(36, { params: true, authorizer: true }), new Map());
  const policy = each.policy?.spec ?? (each as unknown as JsonObject);
  const fail = field(policy, 'failurePolicy') === 'Ignore' ? 'Ignore' : 'Fail';
  const compiled = compileMatchConditions(field(policy, 'matchConditions'), environment);
  const answer = evaluateMatchConditions(compiled, activation(each, release), undefined, fail);
  const { matches, failedCondition, error } = each.expect;
  if (error !== undefined) return answer.matches === 'error' && answer.message.includes(error) ? undefined : JSON.stringify(answer);
  if (answer.matches !== matches) return JSON.stringify(answer);
  return failedCondition === undefined || ('failedCondition' in answer && answer.failedCondition === failedCondition)
    ? undefined
    : JSON.stringify(answer);
}

function matching(each: Case, release: Release): string | undefined {
  const { matchResources, expect } = each;
  const read = readMatchResources(matchResources);
  const undefaulted = (key: string) => field(matchResources, key) === null;
  const match = {
    ...read,
    equivalent: field(matchResources, 'matchPolicy') === 'Equivalent',
    ...(undefaulted('namespaceSelector') && { namespaceSelector: undefined }),
    ...(undefaulted('objectSelector') && { objectSelector: undefined }),
  };
  const answer = matchesRequest(match, admissionRequest(inputOf(each), contextOf(each, release)));
  if (expect.error !== undefined) return typeof answer === 'string' && answer.includes(expect.error) ? undefined : JSON.stringify(answer);
  if (typeof answer === 'string' || (answer !== undefined) !== expect.matches) return `answer ${JSON.stringify(answer)}`;
  if (answer === undefined) return undefined;
  const wrong = (wanted: unknown, found: unknown) => wanted !== undefined && !sameJson(wanted, found);
  if (wrong(expect.matchedKind, answer.kind)) return JSON.stringify(answer.kind);
  return wrong(expect.matchedResource, answer.resource) ? JSON.stringify(answer.resource) : undefined;
}

function namespaceLabelsCase(each: Case, release: Release): string | undefined {
  const labels = namespaceLabels(admissionRequest(inputOf(each), contextOf(each, release)));
  return sameJson(labels, each.expect.labels) ? undefined : JSON.stringify(labels);
}

function verdict(each: Case, release: Release, used: (param: JsonObject) => void = () => {}) {
  const set = policySet(compilePolicies([...(each.policies ?? []), ...(each.bindings ?? [])], { minor: 36 }));
  return validate(set, admissionRequest(inputOf(each), contextOf(each, release, used)));
}

function params(each: Case, release: Release): string | undefined {
  const { expect } = each;
  const messages: string[] = [];
  const { allowed, refusal, outcomes } = verdict(each, release);
  for (const { message } of outcomes) messages.push(message);
  if (allowed !== expect.allowed) return `allowed ${allowed}: ${refusal?.message}`;
  if (
    expect.error !== undefined &&
    refusal?.message.includes(expect.error) !== true &&
    !messages.some((text) => text.includes(expect.error ?? ''))
  )
    return `message ${refusal?.message}`;
  return undefined;
}

function actions(each: Case, release: Release): string | undefined {
  const { allowed, refusal, warnings, auditAnnotations } = verdict(each, release);
  const { expect } = each;
  if (allowed !== expect.allowed) return `allowed ${allowed}: ${refusal?.message}`;
  if (expect.error !== undefined && refusal?.message.includes(expect.error) !== true) return `message ${refusal?.message}`;
  if (!sameJson(sorted(warnings), sorted((expect.warnings as readonly string[] | undefined) ?? []))) return JSON.stringify(warnings);
  const wanted = isObject(expect.auditAnnotations) ? expect.auditAnnotations : {};
  if (!sameJson(Object.keys(wanted).sort(), Object.keys(auditAnnotations).sort())) return JSON.stringify(auditAnnotations);
  for (const [key, value] of Object.entries(wanted)) {
    const found = auditAnnotations[key] ?? '';
    const joined = field(value, 'joined');
    const same = Array.isArray(joined)
      ? sameJson(sorted(found.split(', ')), sorted(joined as readonly string[]))
      : Array.isArray(value)
        ? sameJson(sorted(JSON.parse(found) as readonly Json[]), sorted(value))
        : found === value;
    if (!same) return `${key}: ${found}`;
  }
  return undefined;
}

function sorted(list: readonly unknown[]): readonly string[] {
  return list.map(canonicalJson).sort();
}

function typecheck({ policy, schema, expect }: Case): string | undefined {
  const declared = isObject(schema) ? declare(schema, true)?.type : undefined;
  const found = typeCheck(policy ?? {}, {
    kindOf: ({ group, version, resource }) => ({ group, version, kind: resource }),
    typeOf: () => declared,
  });
  if (expect.warnings !== undefined && found.length !== expect.warnings) return JSON.stringify(found);
  const references = found.map(({ fieldRef }) => fieldRef);
  if (expect.fieldRefs !== undefined && !sameJson(references, expect.fieldRefs)) return JSON.stringify(found);
  for (const text of expect.eachContains ?? []) if (!found.every(({ warning }) => warning.includes(text))) return JSON.stringify(found);
  return undefined;
}

function mapPatch(each: Case, release: Release): string | undefined {
  const { expect } = each;
  const input = inputOf(each);
  const spec = each.policy?.spec ?? { mutations: each.mutations ?? [] };
  const policy = compileMutations(spec, 36);
  const { complete: _, ...context } = contextOf(each, release);
  const request = admissionRequest(input, { ...context, namespace: context.namespace ?? (() => undefined) });
  let object = input.object;
  for (const mutation of policy.mutations) {
    const objects = { object, oldObject: input.oldObject, namespaceObject: namespaceValue(each) };
    const answer = applyMutation(policy, mutation, request, input, objects, isObject(each.params) ? each.params : null);
    if ('object' in answer) object = answer.object;
    else {
      const message = 'error' in answer ? answer.error : answer.failure.message;
      return expect.error !== undefined && message.includes(expect.error) ? undefined : message;
    }
  }
  if (expect.error !== undefined) return `no error: ${JSON.stringify(object)}`;
  return sameObject(object, expect.object ?? null) ? undefined : JSON.stringify(object);
}

function namespaceValue({ namespaceObject }: Case) {
  return (namespaceObject ?? null) as never;
}

function mapDispatch(each: Case, release: Release): string | undefined {
  const set = policySet(compilePolicies([...(each.policies ?? []), ...(each.bindings ?? [])], { minor: 36 }));
  const given = contextOf(each, release);
  const context = { ...given, params: given.params ?? anyParams(each), complete: (object: Json) => ({ object: rolling(object) }) };
  const answer = mutateTwice(set, admissionRequest(inputOf(each), context));
  if (answer.refusal !== undefined) return answer.refusal.message;
  return sameObject(answer.object, each.expect.object ?? null) ? undefined : JSON.stringify(answer.object);
}

/** The one default of these cases. */
function rolling(object: Json): Json {
  const spec = field(object, 'spec');
  if (!isObject(object) || !isObject(spec)) return object;
  return { ...object, spec: { ...spec, strategy: { type: 'RollingUpdate', ...(isObject(spec.strategy) && spec.strategy) } } };
}

/** Parameters of kinds that every cluster has. */
function anyParams({ params: given }: Case) {
  const all = (Array.isArray(given) ? given : []) as readonly JsonObject[];
  const list = (apiVersion: string, kind: string, namespace: string) =>
    all.filter((object) => object.apiVersion === apiVersion && object.kind === kind && dig(object, 'metadata', 'namespace') === namespace);
  return {
    scopeOf: () => 'Namespaced' as const,
    list,
    get: (apiVersion: string, kind: string, namespace: string, name: string) =>
      list(apiVersion, kind, namespace).find((object) => dig(object, 'metadata', 'name') === name),
  };
}

function sameObject(a: Json, b: Json): boolean {
  const top = (value: Json) => (isObject(value) ? { ...value, apiVersion: undefined, kind: undefined } : value);
  return sameJson(filled(top(a)), filled(top(b)));
}

/** Without nulls, empty texts, maps and lists. */
function filled(value: Json | undefined): Json | undefined {
  if (value === null || value === '') return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item: Json) => filled(item) ?? null);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const kept = filled(item);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
