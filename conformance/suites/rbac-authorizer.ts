// Kubernetes' own tables for authorization: RBAC and its helpers, the Node authorizer, ABAC, requests read from URLs, reviews, and HTTP
// requests with the checks on handing out rights. One wrong answer fails a case.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { type AbacPolicy, abacAllows, abacRules, abacSubjectMatches, readAbac, readAbacPolicy } from '../../src/identity/abac.ts';
import { allows } from '../../src/identity/access-review.ts';
import { authorizerOf, rbacAllows } from '../../src/identity/authorizer.ts';
import { compactRules, isSimpleRule } from '../../src/identity/compact.ts';
import { uncovered } from '../../src/identity/covers.ts';
import { escalationRefusal } from '../../src/identity/escalation.ts';
import { type Identity, impersonate } from '../../src/identity/impersonation.ts';
import { extraKey } from '../../src/identity/impersonation-headers.ts';
import { nodeDecision, nodeGates } from '../../src/identity/node-authorizer.ts';
import { rulesFor } from '../../src/identity/permissions.ts';
import { requestInfo } from '../../src/identity/request-info.ts';
import { type PolicyRule, type RequestAttributes, readRule } from '../../src/identity/rules.ts';
import { readSubject, subjectMatches, type User } from '../../src/identity/subjects.ts';
import { masters, whoCan } from '../../src/identity/who-can.ts';
import { parseFieldSelector } from '../../src/kube/field-selector.ts';
import { isKubeObject, objectsIn } from '../../src/kube/object.ts';
import { asList, asObject, asString, canonicalJson, field, type Json, type JsonObject, sameJson, strings } from '../../src/lib/json.ts';
import { assumedFacts, resource, type Snapshot, snapshot } from '../../src/snapshot/snapshot.ts';
import { type CaseResult, jsonLines, type Suite } from '../suite.ts';

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly expect: JsonObject;
  readonly [key: string]: Json;
}

export const rbacAuthorizer: Suite = {
  name: 'rbac-authorizer',
  async *run(folder, note) {
    const counts = new Map<string, [passed: number, total: number]>();
    for await (const one of jsonLines<Case>(folder, 'cases.jsonl')) {
      const judge = Object.hasOwn(judges, one.kind) ? judges[one.kind] : undefined;
      const detail = judge === undefined ? `kind ${one.kind} is not judged` : judge(one, folder);
      const [passed, total] = counts.get(one.kind) ?? [0, 0];
      counts.set(one.kind, [passed + (detail === undefined ? 1 : 0), total + 1]);
      yield { id: one.id, passed: detail === undefined, ...(detail === undefined ? {} : { detail }) } satisfies CaseResult;
    }
    note([...counts].map(([kind, [passed, total]]) => `${kind} ${passed}/${total}`).join(', '));
  },
};

/** By kind: undefined where the case is right, else what is wrong. */
const judges: Readonly<Record<string, (one: Case, folder: string) => string | undefined>> = {
  authorize: (one, folder) => {
    const state = stateOf(one, folder);
    const wanted = attributes(one.request);
    return same(rbacAllows(authorizerOf(state), userOf(field(one.request, 'user')), wanted), one.expect.allowed);
  },
  applies: (one) => {
    const subjects = asList(one.subjects).map((subject) => readSubject(subject, asString(one.bindingNamespace) ?? ''));
    const index = subjects.findIndex((subject) => subjectMatches(subject, userOf(one.user)));
    return same(index < 0 ? { applies: false } : { applies: true, index }, one.expect);
  },
  covers: (one) => {
    const missing = uncovered(rules(one.owner), rules(one.servant));
    const expected = one.expect.uncovered;
    if ((missing.length === 0) !== one.expect.covered) return `uncovered: ${JSON.stringify(missing)}`;
    return expected === undefined ? undefined : same(sorted(missing), sorted(rules(expected)));
  },
  compact: (one) => same(sorted(compactRules(rules(one.rules))), sorted(rules(one.expect.rules))),
  'simple-rule': (one) => same(isSimpleRule(readRule(one.rule)), one.expect.simple),
  rules: (one, folder) => {
    const found = rulesFor(stateOf(one, folder), userOf(one.user), asString(one.namespace) ?? '');
    return same(sorted(found), sorted(rules(one.expect.rules)));
  },
  subjects: (one, folder) => {
    const { holders } = whoCan(stateOf(one, folder), attributes(one.request));
    const superUser = { kind: 'User', name: asString(one.superUser) ?? '', namespace: '' };
    const found = [masters, ...(superUser.name === '' ? [] : [superUser]), ...holders.map(({ subject }) => subject)];
    const expected = asList(one.expect.subjects).map((subject) => readSubject(subject, ''));
    const text = (list: readonly { readonly kind: string; readonly namespace: string; readonly name: string }[]) =>
      list.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
    return same(text(found), text(expected));
  },
  requestinfo: (one) => {
    const info = requestInfo(asString(field(one.http, 'method')) ?? '', asString(field(one.http, 'url')) ?? '');
    const found: JsonObject = {
      resourceRequest: info.isResourceRequest,
      verb: info.verb,
      apiGroup: info.apiGroup,
      apiVersion: info.apiVersion,
      namespace: info.namespace,
      resource: info.resource,
      subresource: info.subresource,
      name: info.name,
      parts: info.parts,
      path: info.path,
      fieldSelector: info.fieldSelectorText,
      labelSelector: info.labelSelectorText,
      error: info.selectorError,
    };
    const wrong = Object.keys(one.expect).filter((key) => !sameJson(found[key], one.expect[key]));
    return wrong.length === 0 ? undefined : wrong.map((key) => `${key} is ${JSON.stringify(found[key])}`).join(', ');
  },
  http: (one, folder) => same(isForbidden(one, stateOf(one, folder)), one.expect.forbidden),
  review: judgeReview,
  node: (one, folder) => {
    const objects = typeof one.objects === 'string' ? JSON.parse(readFileSync(join(folder, one.objects), 'utf8')) : one.objects;
    const state = snapshotOf(asList(objects));
    for (const gates of asList(one.gates)) {
      const all = { ...nodeGates('1.36'), ...(gates as object) };
      const decision = nodeDecision(state, userOf(field(one.request, 'user')), attributes(one.request), all);
      const found = decision?.allowed === true ? 'allow' : 'no-opinion';
      if (found !== one.expect.decision) return `${found} with ${JSON.stringify(gates)}: ${decision?.reason}`;
    }
    return undefined;
  },
  abac: judgeAbac,
  impersonate: judgeImpersonation,
};

function judgeReview(one: Case, folder: string): string | undefined {
  const state = stateOf(one, folder);
  const spec = field(one.review, 'spec');
  const caller = userOf(one.caller);
  const isSelf = asString(field(one.review, 'kind'))?.startsWith('Self') === true;
  const asked = field(spec, 'resourceAttributes');
  const namespace = asString(one.namespace) ?? '';
  if (namespace !== '' && (asString(field(asked, 'namespace')) ?? '') !== namespace)
    return same('must match metadata.namespace', one.expect.error);
  const groups = asList(field(spec, 'groups'));
  const user = isSelf ? caller : userOf({ name: field(spec, 'user') ?? '', groups });
  return same(
    { allowed: allows(state, user, attributes({ ...(asked as JsonObject), apiGroup: field(asked, 'group') ?? '' })) },
    one.expect,
  );
}

/** Authorization, `create` for an update that creates, then the check on what a new binding hands out. */
function isForbidden(one: Case, state: Snapshot): boolean {
  const user = userOf(field(one.request, 'user'));
  const info = requestInfo(asString(field(one.http, 'method')) ?? '', asString(field(one.http, 'path')) ?? '');
  if (!allows(state, user, info)) return true;
  if (['update', 'patch'].includes(info.verb) && one.objectExists === false && !allows(state, user, { ...info, verb: 'create' }))
    return true;
  const body = field(one.http, 'body');
  if (info.verb !== 'create' || info.apiGroup !== 'rbac.authorization.k8s.io' || !isKubeObject(body)) return false;
  return escalationRefusal(state, { user, object: resource(body, { kind: 'memory' }, info.namespace), old: undefined }) !== undefined;
}

function judgeImpersonation(one: Case, folder: string): string | undefined {
  const state = stateOf(one, folder);
  for (const constrained of one.constrained === 'either' ? [true, false] : [one.constrained === 'on'])
    for (const step of asList(one.steps)) {
      const asked = field(step, 'impersonate');
      const headers = Object.entries(asObject(field(asked, 'extraHeaders'))).map(
        ([key, values]) => [extraKey(key), strings(values)] as const,
      );
      const plain = Object.entries(asObject(field(asked, 'extra'))).map(([key, values]) => [key, strings(values)] as const);
      const wanted = {
        user: text(asked, 'user'),
        uid: text(asked, 'uid'),
        groups: strings(field(asked, 'groups')),
        extra: Object.fromEntries([...headers, ...plain]),
      };
      const found = impersonate(state, identityOf(field(step, 'requester')), wanted, attributes(field(step, 'request')), constrained);
      const expected = field(step, 'expect');
      if (found.status !== field(expected, 'status')) return `status ${found.status}, not ${field(expected, 'status')}`;
      if (found.status !== 200) continue;
      const wrong =
        same(found.user, identityOf(field(expected, 'user'))) ??
        (constrained && field(expected, 'mode') !== undefined ? same(found.mode, field(expected, 'mode')) : undefined);
      if (wrong !== undefined) return wrong;
    }
  return undefined;
}

function identityOf(value: Json | undefined): Identity {
  const extra = Object.entries(asObject(field(value, 'extra'))).map(([key, values]) => [key, strings(values)] as const);
  return { ...userOf(value), uid: text(value, 'uid'), extra: Object.fromEntries(extra) };
}

function text(value: Json | undefined, key: string): string {
  return asString(field(value, key)) ?? '';
}

function judgeAbac(one: Case): string | undefined {
  const text = asString(one.policyFile);
  const own = readAbacPolicy(one.policy);
  const policies: readonly AbacPolicy[] = text === undefined ? (own === undefined ? [] : [own]) : readAbac(text, 'policy').policies;
  const user = userOf(one.user ?? field(one.request, 'user'));
  const allowed = () =>
    policies.some((policy) => abacAllows(policy, user, attributes(one.request), field(one.request, 'resourceRequest') === true));
  const found: JsonObject = {
    ...('subjectMatches' in one.expect ? { subjectMatches: policies.some((policy) => abacSubjectMatches(policy, user)) } : {}),
    ...('matches' in one.expect ? { matches: allowed() } : {}),
    ...('decision' in one.expect ? { decision: allowed() ? 'allow' : 'no-opinion' } : {}),
  };
  if (Object.keys(found).length > 0) return same(found, { ...one.expect, ...pick(one.expect, Object.keys(found)) });
  const list = abacRules(policies, user, asString(one.namespace) ?? '');
  const resources = list.filter((rule) => rule.resources.length > 0);
  const urls = list.filter((rule) => rule.nonResourceURLs.length > 0);
  return same([sorted(resources), sorted(urls)], [sorted(rules(one.expect.resourceRules)), sorted(rules(one.expect.nonResourceRules))]);
}

function pick(from: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.map((key) => [key, from[key] ?? null]));
}

function same(found: unknown, expected: unknown): string | undefined {
  return sameJson(found, expected) ? undefined : `${JSON.stringify(found)}, not ${JSON.stringify(expected)}`;
}

function rules(value: Json | undefined): readonly PolicyRule[] {
  return asList(value).map(readRule);
}

function sorted(list: readonly PolicyRule[]): readonly string[] {
  return list.map(canonicalJson).sort();
}

function userOf(value: Json | undefined): User {
  return {
    name: asString(field(value, 'name')) ?? '',
    groups: asList(field(value, 'groups')).filter((group) => typeof group === 'string'),
  };
}

function attributes(value: Json | undefined): RequestAttributes {
  const text = (key: string) => asString(field(value, key)) ?? '';
  const selector = field(value, 'fieldSelector');
  const terms = asList(selector).map((term) => `${field(term, 'Field')}=${field(term, 'Value')}`);
  const parsed = parseFieldSelector(typeof selector === 'string' ? selector : terms.join(','));
  return {
    verb: text('verb'),
    apiGroup: text('apiGroup'),
    resource: text('resource'),
    subresource: text('subresource'),
    namespace: text('namespace'),
    name: text('name'),
    path: text('path'),
    ...(parsed.ok ? { fieldSelector: parsed.value } : {}),
  };
}

const policies = new Map<string, readonly Json[]>();

function stateOf(one: Case, folder: string): Snapshot {
  const own = ['clusterRoles', 'clusterRoleBindings', 'roles', 'roleBindings'].flatMap((key) => asList(one[key]));
  return snapshotOf([...own, ...(typeof one.policy === 'string' ? bootstrapPolicy(join(folder, one.policy)) : [])]);
}

function bootstrapPolicy(folder: string): readonly Json[] {
  let objects = policies.get(folder);
  if (objects === undefined) {
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => !file.includes('featuregates')) : [];
    objects = files.map((file) => load(readFileSync(join(folder, file), 'utf8')) as Json);
    policies.set(folder, objects);
  }
  return objects;
}

function snapshotOf(objects: readonly Json[]): Snapshot {
  const resources = objects
    .filter(isKubeObject)
    .flatMap((object) => objectsIn(object).items.map((item) => item.object))
    .map((object) => resource(object, { kind: 'memory' }));
  return snapshot({ resources, facts: assumedFacts('1.36') });
}
