// The authorizers beside RBAC, impersonation, and the checks on handing out rights: one row for what each is for. The whole tables of
// Kubernetes are conformance suites.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import { assumedFacts, resource, type Snapshot, snapshot } from '../snapshot/snapshot.ts';
import { abacAllows, readAbac } from './abac.ts';
import { can } from './access-review.ts';
import { compactRules, mergeRules } from './compact.ts';
import { escalationRefusal, ruleText } from './escalation.ts';
import { forbiddenMessage } from './forbidden.ts';
import { impersonate } from './impersonation.ts';
import { extraKey } from './impersonation-headers.ts';
import { nodeDecision } from './node-authorizer.ts';
import { rulesReview } from './permissions.ts';
import { type PolicyRule, readRule, request } from './rules.ts';
import type { User } from './subjects.ts';

const group = 'rbac.authorization.k8s.io';
const of = (object: object) => resource({ apiVersion: `${group}/v1`, ...object } as KubeObject, { kind: 'memory' });
const state = (version: string, ...objects: readonly object[]): Snapshot =>
  snapshot({ resources: objects.map(of), facts: assumedFacts(version) });
const clusterRole = (name: string, ...rules: readonly object[]) => ({ kind: 'ClusterRole', metadata: { name }, rules });
const bound = (role: string, user: string) => ({
  kind: 'ClusterRoleBinding',
  metadata: { name: `${role}-${user}` },
  roleRef: { kind: 'ClusterRole', name: role },
  subjects: [{ kind: 'User', name: user }],
});
const jane: User = { name: 'jane', groups: ['dev'] };

describe('a node may', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      nodeName: 'a',
      serviceAccountName: 'web',
      containers: [{ name: 'c', envFrom: [{ secretRef: { name: 'env' } }] }],
      volumes: [
        { name: 'v', persistentVolumeClaim: { claimName: 'data' } },
        { name: 'scratch', ephemeral: {} },
      ],
    },
  };
  const mirror = {
    ...pod,
    metadata: { name: 'mirror', namespace: 'shop', annotations: { 'kubernetes.io/config.mirror': 'x' } },
    spec: { ...pod.spec, containers: [{ name: 'c', envFrom: [{ secretRef: { name: 'stolen' } }] }] },
  };
  const volume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'pv' },
    spec: {
      claimRef: { namespace: 'shop', name: 'data' },
      csi: {
        nodePublishSecretRef: { name: 'disk', namespace: 'storage' },
        controllerPublishSecretRef: { name: 'cloud', namespace: 'storage' },
      },
    },
  };
  const cluster = (version: string) => state(version, pod, mirror, volume);
  const node: User = { name: 'system:node:a', groups: ['system:nodes'] };
  const where = (name: string, namespace = 'shop') => ({ name, namespace });
  const table: readonly [says: string, wanted: ReturnType<typeof request>, allowed: boolean, version?: string][] = [
    ['read a secret of its pod', request('get', '', 'secrets', where('env')), true],
    ['not one that only a mirror pod names', request('get', '', 'secrets', where('stolen')), false],
    ['not all secrets', request('list', '', 'secrets', { namespace: 'shop' }), false],
    ['read the volume of a claim', request('get', '', 'persistentvolumes', { name: 'pv' }), true],
    ['read the secret that mounts it', request('get', '', 'secrets', where('disk', 'storage')), true],
    ['not the one for the control plane', request('get', '', 'secrets', where('cloud', 'storage')), false],
    ['read the claim of an ephemeral volume', request('get', '', 'persistentvolumeclaims', where('web-scratch')), true],
    ['ask for a token of its pod', request('create', '', 'serviceaccounts/token', where('web')), true],
    ['not for another', request('create', '', 'serviceaccounts/token', where('admin')), false],
    ['read itself', request('get', '', 'nodes', { name: 'a' }), true],
    ['not another node', request('get', '', 'nodes', { name: 'b' }), false],
    ['another node before 1.32', request('get', '', 'nodes', { name: 'b' }), true, '1.31'],
    ['not a strange resource', request('get', 'constructor', '__proto__'), false],
  ];
  for (const [says, wanted, allowed, version] of table)
    test(says, () => assert.equal(nodeDecision(cluster(version ?? '1.36'), node, wanted)?.allowed, allowed));

  test('only as a node', () => {
    assert.equal(
      nodeDecision(cluster('1.36'), { name: 'system:node:a', groups: [] }, request('get', '', 'nodes', { name: 'a' })),
      undefined,
    );
    assert.equal(can(cluster('1.36'), node, request('get', '', 'secrets', where('env'))).authorizer, 'Node');
    assert.match(can(cluster('1.36'), node, request('get', '', 'secrets', where('x'))).reason, /^no relationship found between node 'a'/);
  });
});

test('ABAC: the old form means everything by what it leaves out; bad lines are named', () => {
  const { policies, problems } = readAbac(
    '# a comment\n{"user":"jane","readonly":true}\n{"a":\n{"apiVersion":"x","kind":"Policy"}\n',
    'policy.jsonl',
  );
  assert.deepEqual(
    problems.map(({ source }) => source?.line),
    [3, 4],
  );
  const allowed = (verb: string, name: string) =>
    policies.some((policy) => abacAllows(policy, { name, groups: [] }, request(verb, 'apps', 'deployments', { namespace: 'x' })));
  assert.deepEqual([allowed('get', 'jane'), allowed('delete', 'jane'), allowed('get', 'joe')], [true, false, false]);
});

describe('impersonation', () => {
  const wanted = request('get', '', 'pods', { namespace: 'shop' });
  const headers = { user: 'bob', uid: '', groups: [], extra: {} };
  const requester = { ...jane, uid: '', extra: {} };
  const on = (verb: string, apiGroup: string, resources: string) => ({ verbs: [verb], apiGroups: [apiGroup], resources: [resources] });
  const classic = state('1.36', clusterRole('r', on('impersonate', '', 'users')), bound('r', 'jane'));
  const limited = state(
    '1.36',
    clusterRole('r', on('impersonate:user-info', 'authentication.k8s.io', 'users'), on('impersonate-on:user-info:get', '', 'pods')),
    bound('r', 'jane'),
  );
  const outcome = (cluster: Snapshot, asked: typeof headers, question = wanted, constrained = true) => {
    const made = impersonate(cluster, requester, asked, question, constrained);
    return made.status === 200 ? `${made.mode ?? 'classic'} ${made.user.name} ${made.user.groups}` : made.status;
  };
  test('the classic verb suffices', () => assert.equal(outcome(classic, headers), 'classic bob system:authenticated'));
  test('the constrained verbs suffice together', () => assert.equal(outcome(limited, headers), 'user-info bob system:authenticated'));
  test('and only for their requests', () => assert.equal(outcome(limited, headers, request('list', '', 'pods')), 403));
  test('and only where the release has them', () => assert.equal(outcome(limited, headers, wanted, false), 403));
  test('an empty user means nobody', () => assert.equal(outcome(classic, { ...headers, user: '' }), 'classic jane dev'));
  test('an empty user with a uid is a bad request', () => assert.equal(outcome(classic, { ...headers, user: '', uid: 'x' }), 400));
  test('keys of extras are decoded where they can be', () =>
    assert.deepEqual(['Scopes', 'a%2Fb', 'a%zz'].map(extraKey), ['scopes', 'a/b', 'a%zz']));
});

describe('nobody hands out more than they have', () => {
  const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };
  const secrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
  const right = (verb: string, plural: string, name: string) => ({
    apiGroups: [group],
    resources: [plural],
    verbs: [verb],
    resourceNames: [name],
  });
  const cluster = state(
    '1.36',
    clusterRole('mine', pods, right('bind', 'clusterroles', 'secret-reader'), right('escalate', 'clusterroles', 'free')),
    bound('mine', 'jane'),
    clusterRole('secret-reader', secrets),
    clusterRole('other', secrets),
    clusterRole('free', pods),
  );
  const refusal = (object: object, old?: object, user = jane) =>
    escalationRefusal(cluster, { user, object: of(object), old: old === undefined ? undefined : of(old) });
  test('a role of rules they have', () => assert.equal(refusal(clusterRole('new', pods)), undefined));
  test('not one of others', () =>
    assert.equal(
      refusal(clusterRole('new', pods, secrets))?.message,
      'clusterroles.rbac.authorization.k8s.io "new" is forbidden: user "jane" (groups=["dev"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}',
    ));
  test('any change where they may escalate that role', () =>
    assert.equal(refusal(clusterRole('free', secrets), clusterRole('free', pods)), undefined));
  test('no escalation on creation, which has no name', () => assert.equal(refusal(clusterRole('free', secrets))?.code, 403));
  test('what does not change', () => assert.equal(refusal(clusterRole('other', secrets), clusterRole('other', secrets)), undefined));
  test('a role they may bind', () => assert.equal(refusal(bound('secret-reader', 'joe')), undefined));
  test('not another', () => assert.equal(refusal(bound('other', 'joe'))?.code, 403));
  test('not one that is not there', () => assert.equal(refusal(bound('gone', 'joe'))?.code, 404));
  test('no aggregation without everything', () =>
    assert.match(
      refusal({ ...clusterRole('new'), aggregationRule: { clusterRoleSelectors: [{}] } })?.message ?? '',
      /must have cluster-admin privileges/,
    ));
  test('roles of theirs that are not there are told by the resource that is written, as its storage tells them', () => {
    const broken = state('1.36', bound('gone', 'jane'), clusterRole('other', secrets));
    const told = (object: object) =>
      escalationRefusal(broken, { user: jane, object: of(object), old: undefined })
        ?.message.split('; ')
        .at(-1);
    assert.deepEqual(
      [told(clusterRole('new', pods)), told(bound('other', 'joe'))],
      ['clusterroles', 'clusterrolebindings'].map((plural) => `resolution errors: [${plural}.rbac.authorization.k8s.io "gone" not found]`),
    );
  });
  test('system:masters is not asked', () =>
    assert.equal(refusal(clusterRole('new', secrets), undefined, { name: 'x', groups: ['system:masters'] }), undefined));
});

test('rules print as the server prints them', () =>
  assert.equal(ruleText(readRule({ verbs: ['get'], nonResourceURLs: ['/a"b'] })), '{NonResourceURLs:["/a\\"b"], Verbs:["get"]}'));

test('a rules review lists the rules of user and groups and names what is missing', () => {
  const cluster = state(
    '1.36',
    clusterRole('r', { apiGroups: [''], resources: ['pods'], verbs: ['get'] }),
    bound('r', 'jane'),
    bound('gone', 'jane'),
  );
  const review = rulesReview(cluster, jane, 'shop');
  assert.equal(review.resourceRules.length, 1);
  assert.deepEqual([review.incomplete, review.evaluationError], [false, 'clusterrole.rbac.authorization.k8s.io "gone" not found']);
});

test('a refusal reads as the server writes it', () => {
  assert.equal(
    forbiddenMessage(jane, request('get', 'apps', 'deployments/scale', { namespace: 'shop', name: 'web' }), ''),
    'deployments.apps "web" is forbidden: User "jane" cannot get resource "deployments/scale" in API group "apps" in the namespace "shop"',
  );
  assert.equal(
    forbiddenMessage(jane, { ...request('get', '', ''), path: '/metrics' }, 'why'),
    'forbidden: User "jane" cannot get path "/metrics": why',
  );
});

test('merging keeps every grant and adds none', () => {
  const pieces = (rules: readonly PolicyRule[]) =>
    new Set(
      rules.flatMap(({ verbs, apiGroups, resources, resourceNames }) =>
        verbs.flatMap((verb) =>
          apiGroups.flatMap((own) =>
            resources.flatMap((plural) =>
              (resourceNames.length === 0 ? ['any'] : resourceNames).map((name) => `${verb} ${own}/${plural} ${name}`),
            ),
          ),
        ),
      ),
    );
  const rule = (verbs: string, resources: string, names = '') =>
    readRule({
      verbs: verbs.split(' '),
      apiGroups: [''],
      resources: resources.split(' '),
      resourceNames: names === '' ? [] : names.split(' '),
    });
  const rules = [
    rule('get', 'pods'),
    rule('list', 'pods'),
    rule('get list', 'secrets'),
    rule('get', 'configmaps', 'a'),
    rule('get', 'configmaps', 'b'),
    rule('get', 'nodes', 'a'),
  ];
  for (const merged of [mergeRules(rules), compactRules(rules)]) assert.deepEqual(pieces(merged), pieces(rules));
  assert.equal(mergeRules(rules).length, 3);
});
