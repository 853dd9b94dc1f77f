// Tests of policies as data: `kind: PolicyTest` with cases, or the cases of the cel-admission format (one policy, binding, parameters and
// object each). A case is a request and what should come of it.

import { isKubeObject, type KubeObject } from '../kube/object.ts';
import { asList, asObject, asString, dig, field, isObject, type Json, type JsonObject, strings } from '../lib/json.ts';
import { resource, type Snapshot, snapshot } from '../snapshot/snapshot.ts';
import type { AdmissionContext, AdmissionInput, AdmissionOperation, UserInfo } from './admission.ts';
import { admissionRequest } from './admission-request.ts';
import { compilePolicies } from './compile.ts';
import { judge } from './judge.ts';
import { creation, type Kinds, snapshotContext } from './of-snapshot.ts';
import { defaultConfiguration } from './pod-security/configuration.ts';
import { policySet } from './policy-set.ts';

export type Expectation = 'allow' | 'deny' | 'warn';

export interface TestCase {
  readonly name: string;
  readonly object: KubeObject;
  readonly oldObject: KubeObject | undefined;
  readonly operation: AdmissionOperation;
  readonly user: UserInfo;
  /** Parameters, namespaces and definitions of this case alone. */
  readonly resources: readonly KubeObject[];
  /** Policies and bindings of this case alone. */
  readonly policies: readonly KubeObject[];
  readonly namespace: string | undefined;
  readonly expect: Expectation;
  /** Texts that the answer or a warning must contain. */
  readonly message: string | undefined;
  /** The policy that must be the one that refuses or warns. */
  readonly policy: string | undefined;
}

export interface TestResult {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: string;
  readonly subject: { readonly apiVersion: string; readonly kind: string; readonly namespace: string; readonly name: string };
}

/** The cases of a document; a text is what is wrong with it. `named` are the objects that cases may refer to. */
export function readCases(document: Json, named: readonly KubeObject[]): readonly TestCase[] | string {
  if (field(document, 'kind') === 'PolicyTest') {
    const cases: TestCase[] = [];
    for (const [index, value] of asList(field(document, 'cases')).entries()) {
      const read = readCase(value, named, `case ${index + 1}`);
      if (typeof read === 'string') return read;
      cases.push(read);
    }
    return cases.length === 0 ? 'cases is empty' : cases;
  }
  const read = readRecordedCase(document);
  return read === undefined ? 'neither kind: PolicyTest nor a case with policy, binding and object' : [read];
}

const expectations: readonly Expectation[] = ['allow', 'deny', 'warn'];
const operations: readonly AdmissionOperation[] = ['CREATE', 'UPDATE', 'DELETE'];

function readCase(value: Json, named: readonly KubeObject[], fallback: string): TestCase | string {
  const name = asString(field(value, 'name')) ?? fallback;
  const expect = expectations.find((each) => each === field(value, 'expect'));
  if (expect === undefined) return `${name}: expect is one of ${expectations.join(', ')}`;
  const object = objectOf(field(value, 'object'), named);
  if (object === undefined) return `${name}: object is a manifest, or {kind, name} of one of the resources`;
  const oldObject = objectOf(field(value, 'oldObject'), named);
  const given = field(value, 'operation');
  const operation = given === undefined ? (oldObject === undefined ? 'CREATE' : 'UPDATE') : operations.find((each) => each === given);
  if (operation === undefined) return `${name}: operation is one of ${operations.join(', ')}`;
  const params = field(value, 'params');
  return {
    name,
    object,
    oldObject,
    operation,
    user: readUser(field(value, 'user')),
    resources: [...(Array.isArray(params) ? params : [params]), ...asList(field(value, 'resources'))].filter(isKubeObject),
    policies: [],
    namespace: asString(field(value, 'namespace')),
    expect,
    message: asString(field(value, 'message')),
    policy: asString(field(value, 'policy')),
  };
}

function objectOf(value: Json | undefined, named: readonly KubeObject[]): KubeObject | undefined {
  if (isKubeObject(value)) return value;
  const [kind, name, namespace] = ['kind', 'name', 'namespace'].map((key) => asString(field(value, key)));
  return named.find(
    (object) =>
      object.kind === kind &&
      object.metadata?.name === name &&
      (namespace === undefined || (asString(object.metadata?.namespace) ?? 'default') === namespace),
  );
}

function readUser(value: Json | undefined): UserInfo {
  if (!isObject(value)) return { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };
  return { username: asString(value.username) ?? asString(value.name) ?? '', groups: [...strings(value.groups), 'system:authenticated'] };
}

const recorded: Readonly<Record<string, Expectation>> = { pass: 'allow', fail: 'deny', warn: 'warn' };

function readRecordedCase(value: Json): TestCase | undefined {
  const [object, policy, binding, params] = ['object', 'policy', 'binding', 'params'].map((key) => field(value, key));
  const expect = recorded[asString(field(value, 'expect')) ?? ''];
  if (expect === undefined || !isKubeObject(object) || !isKubeObject(policy) || !isKubeObject(binding)) return undefined;
  return {
    name: asString(field(value, 'id')) ?? asString(field(value, 'name')) ?? '',
    object,
    oldObject: undefined,
    operation: 'CREATE',
    user: readUser(undefined),
    resources: isKubeObject(params) ? [params] : [],
    policies: [policy, binding],
    namespace: asString(dig(value, 'request', 'namespace')),
    expect,
    message: undefined,
    policy: undefined,
  };
}

export interface Surroundings {
  readonly policies: readonly KubeObject[];
  readonly resources: readonly KubeObject[];
  readonly kindsOf: (snapshot: Snapshot) => Kinds;
  readonly authorize: (snapshot: Snapshot) => NonNullable<AdmissionContext['authorize']>;
  readonly minor: number;
  readonly podSecurity: boolean;
}

/** Runs one case. */
export function runCase(each: TestCase, around: Surroundings): TestResult {
  const kind = asString(dig(each.policies[0], 'spec', 'paramKind', 'kind'));
  const resources = [...around.resources, ...each.resources].map((object) =>
    resource(
      object,
      { kind: 'memory' },
      'default',
      object.kind === kind && asString(object.metadata?.namespace) === undefined ? false : undefined,
    ),
  );
  const read = snapshot({ resources });
  const kinds = around.kindsOf(read);
  const own = snapshotContext(read, kinds, () => true);
  // A case that brings its parameters along need not bring their definition.
  const context: AdmissionContext = {
    ...own,
    params: { ...own.params, scopeOf: (apiVersion, name) => own.params.scopeOf(apiVersion, name) ?? scopeIn(resources, apiVersion, name) },
    authorize: around.authorize(read),
    minor: around.minor,
  };
  const set = policySet(compilePolicies([...around.policies, ...each.policies], { minor: around.minor }));
  const input = inputOf(each, kinds);
  const judgement = judge(set, admissionRequest(input, context), around.podSecurity ? { podSecurity: defaultConfiguration } : {});
  const warned = judgement.rows.filter(({ result }) => result === 'warn');
  const answer: Expectation = !judgement.allowed ? 'deny' : warned.length > 0 ? 'warn' : 'allow';
  const said = judgement.allowed ? judgement.warnings.join('; ') : judgement.message;
  const responsible = judgement.rows
    .filter(({ result }) => result === 'fail' || result === 'error' || result === 'warn')
    .map(({ policy }) => policy);
  const wrong =
    answer !== each.expect
      ? `expected ${each.expect}, got ${answer}${said === '' ? '' : `: ${said}`}`
      : each.message !== undefined && !said.includes(each.message)
        ? `the answer does not contain ${JSON.stringify(each.message)}: ${said}`
        : each.policy !== undefined && !responsible.includes(each.policy)
          ? `${each.policy} has not said it, but ${responsible.join(', ')}`
          : undefined;
  const { apiVersion, metadata } = each.object;
  const subject = { apiVersion, kind: each.object.kind, namespace: input.namespace, name: asString(metadata?.name) ?? '' };
  return { name: each.name, passed: wrong === undefined, detail: wrong ?? said, subject };
}

function scopeIn(resources: readonly { readonly object: KubeObject; readonly namespace: string }[], apiVersion: string, kind: string) {
  const found = resources.find(({ object }) => object.apiVersion === apiVersion && object.kind === kind);
  return found === undefined ? undefined : found.namespace === '' ? ('Cluster' as const) : ('Namespaced' as const);
}

function inputOf({ object, oldObject, operation, user, namespace }: TestCase, kinds: Kinds): AdmissionInput {
  const placed = (given: KubeObject) => creation(resource(given, { kind: 'memory' }, namespace ?? 'default'), kinds, user);
  const made = placed(object);
  if (operation === 'DELETE') return { ...made, operation, object: null, oldObject: made.object };
  return oldObject === undefined ? { ...made, operation } : { ...made, operation, oldObject: placed(oldObject).object };
}

/** What the file of a suite names, as paths relative to it. */
export function suitePaths(document: Json): { readonly policies: readonly string[]; readonly resources: readonly string[] } {
  const suite: JsonObject = asObject(document);
  return { policies: strings(suite.policies), resources: strings(suite.resources) };
}
