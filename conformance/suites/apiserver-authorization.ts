// What a real API server answers about who may do what: reviews with their reasons, rules reviews, aggregated roles, and attempts to write
// roles and bindings with the exact refusal. The request pipeline around the checks is played here, as far as these cases need it.

import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip, gunzipSync } from 'node:zlib';
import { allows, can } from '../../src/identity/access-review.ts';
import { escalationRefusal } from '../../src/identity/escalation.ts';
import { forbiddenMessage } from '../../src/identity/forbidden.ts';
import { rulesReview } from '../../src/identity/permissions.ts';
import { type RequestInfo, requestInfo } from '../../src/identity/request-info.ts';
import { effectiveRules, findRoles } from '../../src/identity/roles.ts';
import { type PolicyRule, type RequestAttributes, readRule, request } from '../../src/identity/rules.ts';
import { type ReviewFault, type ReviewForm, reviewFaults, reviewStatus } from '../../src/identity/subject-access-review.ts';
import { serviceAccount, type User } from '../../src/identity/subjects.ts';
import { isKubeObject, type KubeObject } from '../../src/kube/object.ts';
import { applyJsonPatch, type JsonPatch } from '../../src/kube/patch/json-patch.ts';
import { applyMergePatch } from '../../src/kube/patch/merge-patch.ts';
import { asList, asString, canonicalJson, dig, field, type Json, type JsonObject, sameJson, strings } from '../../src/lib/json.ts';
import { named } from '../../src/snapshot/lookup.ts';
import { assumedFacts, type Resource, resource, type Snapshot, snapshot } from '../../src/snapshot/snapshot.ts';
import type { Suite } from '../suite.ts';

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly user: Json;
  readonly namespace: string;
  readonly path: string;
  readonly clusterRole: string;
  readonly review: Json;
  readonly request: { readonly method: string; readonly path: string; readonly contentType?: string; readonly body: Json };
  readonly error?: { readonly code: number; readonly status: Json };
  readonly reason?: string;
  readonly reasons?: readonly string[];
  readonly expect: JsonObject;
  readonly [key: string]: unknown;
}

interface Refusal {
  readonly code: number;
  readonly status: JsonObject;
}

export const apiserverAuthorization: Suite = {
  name: 'apiserver-authorization',
  async *run(folder, note) {
    const counts = new Map<string, [passed: number, total: number]>();
    const states = new Map<string, Snapshot>();
    const lines = createInterface({ input: createReadStream(join(folder, 'cases.jsonl.gz')).pipe(createGunzip()) });
    for await (const line of lines) {
      if (line.trim() === '') continue;
      const one = JSON.parse(line) as Case;
      const state = states.get(one.state) ?? readState(folder, one.state);
      states.set(one.state, state);
      const judge = Object.hasOwn(judges, one.kind) ? judges[one.kind] : undefined;
      const detail = judge === undefined ? `kind ${one.kind} is not judged` : judge(one, state);
      const [passed, total] = counts.get(one.kind) ?? [0, 0];
      counts.set(one.kind, [passed + (detail === undefined ? 1 : 0), total + 1]);
      yield { id: one.id, passed: detail === undefined, ...(detail === undefined ? {} : { detail }) };
    }
    note([...counts].map(([kind, [passed, total]]) => `${kind} ${passed}/${total}`).join(', '));
  },
};

const judges: Readonly<Record<string, (one: Case, state: Snapshot) => string | undefined>> = {
  review: (one, state) => judgeReview(one, state, { kind: 'SubjectAccessReview' }),
  local: (one, state) => judgeReview(one, state, { kind: 'LocalSubjectAccessReview', namespace: requestInfo('POST', one.path).namespace }),
  self: (one, state) => {
    const user = impersonated(one.user);
    const refused = unauthorized(state, user, request('create', 'authorization.k8s.io', 'selfsubjectaccessreviews'));
    return refused === undefined ? judgeReview(one, state, { kind: 'SelfSubjectAccessReview', user }) : same(refused, one.error);
  },
  rules: (one, state) => {
    const user = impersonated(one.user);
    const refused = unauthorized(state, user, request('create', 'authorization.k8s.io', 'selfsubjectrulesreviews'));
    if (refused !== undefined) return same(refused, one.error);
    if (one.namespace === '')
      return same(
        { code: 400, status: { status: 'Failure', reason: 'BadRequest', message: 'no namespace on request', code: 400 } },
        one.error,
      );
    const found = rulesReview(state, user, one.namespace);
    const { resourceRules, nonResourceRules, incomplete, evaluationError } = one.expect;
    return same(
      [sorted(found.resourceRules), sorted(found.nonResourceRules), found.incomplete, sortedErrors(found.evaluationError)],
      [sorted(read(resourceRules)), sorted(read(nonResourceRules)), incomplete, sortedErrors(asString(evaluationError) ?? '')],
    );
  },
  aggregate: (one, state) => {
    const [role] = findRoles(state, { kind: 'ClusterRole', namespace: '', name: one.clusterRole });
    const found = role === undefined ? [] : effectiveRules(state, role).map(({ rule }) => rule);
    return same([...new Set(sorted(found))], [...new Set(sorted(read(one.expect.rules)))]);
  },
  escalation: (one, state) => {
    const answer = written(state, impersonated(one.user), one);
    const expected = { code: one.expect.code, ...(one.expect.status === undefined ? {} : { status: one.expect.status }) };
    return same(tidy(answer), tidy(expected));
  },
};

function judgeReview(one: Case, state: Snapshot, form: ReviewForm): string | undefined {
  const faults = reviewFaults(one.review, form);
  if (faults.length > 0) return same(invalidStatus(faults), one.error);
  const { reason, ...found } = reviewStatus(state, one.review, form);
  const expected = { allowed: one.allowed, denied: one.denied, evaluationError: one.evaluationError };
  const wrong = same(found, expected);
  if (wrong !== undefined) return wrong;
  if (one.reasons === undefined) return same(sortedErrors(reason), sortedErrors(one.reason ?? ''));
  return one.reasons.includes(reason) ? undefined : `reason ${reason}, none of ${one.reasons.join(' | ')}`;
}

function invalidStatus(faults: readonly ReviewFault[]): Refusal {
  const texts = faults.map(({ field: place, message }) => `${place}: ${message}`);
  const message = `.authorization.k8s.io "" is invalid: ${texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`}`;
  const details = {
    group: 'authorization.k8s.io',
    causes: faults.map(({ reason, message: text, field: place }) => ({ reason, message: text, field: place })),
  };
  return { code: 422, status: { status: 'Failure', reason: 'Invalid', message, details, code: 422 } };
}

/** The 403 of a request that is not authorized. */
function unauthorized(state: Snapshot, user: User, wanted: RequestAttributes): Refusal | undefined {
  const { allowed, reason } = can(state, user, wanted);
  if (allowed) return undefined;
  return refusal(403, 'Forbidden', forbiddenMessage(user, wanted, reason), wanted);
}

function refusal(code: number, reason: string, message: string, { name, apiGroup, resource: kind }: RequestAttributes): Refusal {
  const details = { ...(name === '' ? {} : { name }), group: apiGroup, kind };
  return { code, status: { status: 'Failure', reason, message, details, code } };
}

/** The answer to a write of an RBAC object, or to one that decides about a certificate. */
function written(
  state: Snapshot,
  user: User,
  { request: { method, path, contentType, body } }: Case,
): { code: number; status?: JsonObject } {
  const info = requestInfo(method, path);
  const refused = unauthorized(state, user, info);
  if (refused !== undefined) return refused;
  if (info.apiGroup === 'certificates.k8s.io') return decided(state, user, info);
  const kind = kinds[info.resource] ?? '';
  const [old] = info.name === '' ? [] : named(state, info.apiGroup, kind, info.namespace, info.name);
  const parsed = typeof body === 'string' ? (JSON.parse(body) as Json) : body;
  const next = patched(old, method, contentType, parsed);
  if (!isKubeObject(next)) return { code: 400 };
  const object = resource(next, { kind: 'memory' }, info.namespace);
  const creates = old === undefined;
  if (creates && method !== 'POST') {
    const create = unauthorized(state, user, { ...info, verb: 'create' });
    if (create !== undefined) return create;
  }
  const found = escalationRefusal(state, { user, object, old });
  if (found !== undefined) return escalationStatus(found, info);
  const fault = rbacFault(object, old);
  if (fault !== undefined) return fault;
  return { code: creates ? 201 : 200 };
}

const kinds: Readonly<Record<string, string>> = {
  roles: 'Role',
  clusterroles: 'ClusterRole',
  rolebindings: 'RoleBinding',
  clusterrolebindings: 'ClusterRoleBinding',
};

function patched(old: Resource | undefined, method: string, contentType: string | undefined, body: Json): unknown {
  const before = (old?.object ?? {}) as Json;
  if (method !== 'PATCH' || contentType === undefined) return body;
  if (contentType.startsWith('application/apply-patch')) return old === undefined ? body : applyMergePatch(before, body);
  if (contentType.startsWith('application/merge-patch')) return applyMergePatch(before, body);
  const result = applyJsonPatch(before, body as unknown as JsonPatch);
  return result.ok ? result.value : undefined;
}

function escalationStatus(
  { code, message, name }: NonNullable<ReturnType<typeof escalationRefusal>>,
  info: RequestInfo,
): Refusal | { code: number; status: JsonObject } {
  const reasons: Readonly<Record<number, string>> = { 400: 'BadRequest', 403: 'Forbidden', 404: 'NotFound' };
  const reason = reasons[code];
  const details = name === undefined ? {} : { details: { name, group: info.apiGroup, kind: info.resource } };
  return { code, status: { status: 'Failure', message, ...(reason === undefined ? {} : { reason }), ...details, code } };
}

/** The faults of RBAC objects that these cases hold; each is the first the server would name. */
function rbacFault({ kind, name, object }: Resource, old: Resource | undefined): Refusal | undefined {
  const fault = (place: string, reason: string, text: string): Refusal => {
    const message = `${kind}.rbac.authorization.k8s.io ${JSON.stringify(name)} is invalid: ${place}: ${text}`;
    const details = { name, group: 'rbac.authorization.k8s.io', kind, causes: [{ reason, message: text, field: place }] };
    return { code: 422, status: { status: 'Failure', reason: 'Invalid', message, details, code: 422 } };
  };
  for (const [index, rule] of asList(object.rules).entries()) {
    const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = readRule(rule);
    const required = (list: string, text: string) => fault(`rules[${index}].${list}`, 'FieldValueRequired', `Required value: ${text}`);
    if (verbs.length === 0) return required('verbs', 'verbs must contain at least one value');
    if (nonResourceURLs.length > 0) {
      const bad = (why: string) =>
        fault(`rules[${index}].nonResourceURLs`, 'FieldValueInvalid', `Invalid value: ${JSON.stringify(nonResourceURLs)}: ${why}`);
      if (kind === 'Role') return bad('namespaced rules cannot apply to non-resource URLs');
      if (apiGroups.length + resources.length + resourceNames.length > 0)
        return bad('rules cannot apply to both regular resources and non-resource URLs');
      continue;
    }
    if (apiGroups.length === 0) return required('apiGroups', 'resource rules must supply at least one api group');
    if (resources.length === 0) return required('resources', 'resource rules must supply at least one resource');
  }
  for (const [index, subject] of asList(object.subjects).entries()) {
    const empty = (key: string) => (asString(field(subject, key)) ?? '') === '';
    if (empty('name')) return fault(`subjects[${index}].name`, 'FieldValueRequired', 'Required value');
    if (field(subject, 'kind') === 'ServiceAccount' && empty('namespace'))
      return fault(`subjects[${index}].namespace`, 'FieldValueRequired', 'Required value');
  }
  const role = (of: unknown) => ['apiGroup', 'kind', 'name'].map((key) => dig(of, 'roleRef', key) ?? '');
  if (old !== undefined && !sameJson(role(object), role(old.object))) {
    const [APIGroup, Kind, Name] = role(object);
    const text = `Invalid value: ${JSON.stringify({ APIGroup, Kind, Name })}: cannot change roleRef`;
    return fault('roleRef', 'FieldValueInvalid', text);
  }
  return undefined;
}

/** Certificates of the recorded cluster, which its state does not hold: their names say their signers. */
const signers: Readonly<Record<string, string>> = {
  'recorder-kubernetes-io': 'kubernetes.io/kube-apiserver-client',
  'recorder-example-com': 'example.com/foo',
  'recorder-other-com': 'other.com/foo',
};

/** Approving and signing need the verb on the signer, by name or for its whole domain. */
function decided(state: Snapshot, user: User, info: RequestInfo): { code: number; status?: JsonObject } {
  const signer = signers[info.name] ?? '';
  const verb = info.subresource === 'approval' ? 'approve' : 'sign';
  const may = [signer, `${signer.split('/')[0]}/*`].some((name) =>
    allows(state, user, request(verb, 'certificates.k8s.io', 'signers', { name })),
  );
  if (may) return { code: 200 };
  const message = `certificatesigningrequests.certificates.k8s.io ${JSON.stringify(info.name)} is forbidden: user not permitted to ${verb} requests with signerName ${JSON.stringify(signer)}`;
  return refusal(403, 'Forbidden', message, info);
}

/** The user an impersonation makes: groups that the server adds are added. */
function impersonated(value: Json): User {
  const name = asString(field(value, 'name')) ?? '';
  const groups = strings(field(value, 'groups'));
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  if (account !== null && groups.length === 0) return serviceAccount(account[1] ?? '', account[2] ?? '');
  const added = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  return {
    name,
    groups: groups.includes('system:authenticated') || groups.includes('system:unauthenticated') ? groups : [...groups, added],
  };
}

function readState(folder: string, name: string): Snapshot {
  const own = readObjects(folder, name);
  const objects = name === 'bootstrap' ? own : [...readObjects(folder, 'bootstrap'), ...own];
  return snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })), facts: assumedFacts('1.36') });
}

function readObjects(folder: string, name: string): readonly KubeObject[] {
  const state = JSON.parse(gunzipSync(readFileSync(join(folder, 'states', `${name}.json.gz`))).toString('utf8')) as Json;
  return [...asList(field(state, 'objects')), ...asList(field(state, 'others'))].filter(isKubeObject);
}

function read(value: Json | undefined): readonly PolicyRule[] {
  return asList(value).map(readRule);
}

function sorted(rules: readonly PolicyRule[]): readonly string[] {
  return rules.map(canonicalJson).sort();
}

/** Lists of errors in messages have no order. */
function sortedErrors(text: string): string {
  return text.replace(/\[([^[\]]*not found[^[\]]*)\]/g, (_, inner: string) => `[${inner.split(', ').sort().join(', ')}]`);
}

function tidy(value: unknown): unknown {
  return JSON.parse(sortedErrors(JSON.stringify(value)));
}

function same(found: unknown, expected: unknown): string | undefined {
  return sameJson(found, expected) ? undefined : `${JSON.stringify(found)}, not ${JSON.stringify(expected)}`;
}
