// Impersonation as the real API server allows and refuses it, by generated rights and headers: the user that comes out, or the refusal to the
// letter.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent, request as https } from 'node:https';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Identity, type ImpersonationMode, impersonate } from '../../src/identity/impersonation.ts';
import { readImpersonation } from '../../src/identity/impersonation-headers.ts';
import { requestInfo } from '../../src/identity/request-info.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { asObject, asString, dig, field, type Json, strings } from '../../src/lib/json.ts';
import { assumedFacts, resource, snapshot } from '../../src/snapshot/snapshot.ts';
import { type Cluster, realCluster } from './cluster.ts';

const group = 'rbac.authorization.k8s.io';
type Headers = Readonly<Record<string, readonly string[]>>;

const list = (...words: string[]) => fc.subarray(words, { minLength: 1, maxLength: 2 });
const own = 'authentication.k8s.io';
const rule = fc.oneof(
  fc.record({
    verbs: fc.constant(['impersonate']),
    apiGroups: fc.constant(['']),
    resources: list('users', 'groups', 'serviceaccounts'),
    resourceNames: fc.oneof(fc.constant([]), list('bob', 'dev', 'robot')),
  }),
  fc.record({
    verbs: list('impersonate', 'impersonate:user-info', 'impersonate:serviceaccount', 'impersonate:arbitrary-node'),
    apiGroups: fc.constant([own]),
    resources: list('users', 'groups', 'uids', 'serviceaccounts', 'nodes', 'userextras/example.com/x', 'userextras/scopes'),
    resourceNames: fc.oneof(fc.constant([]), list('bob', 'node-1', 'a')),
  }),
  fc.record({
    verbs: list('impersonate-on:user-info:create', 'impersonate-on:serviceaccount:create', 'impersonate-on:arbitrary-node:create', '*'),
    apiGroups: fc.constant([own]),
    resources: fc.constant(['selfsubjectreviews']),
    resourceNames: fc.constant([]),
  }),
);
const headers = fc
  .record({
    'impersonate-user': fc.constantFrom(
      ...[
        'bob',
        'joe',
        '',
        'system:anonymous',
        'system:node:node-1',
        'system:node:',
        'system:node:A',
        'system:serviceaccount:default:robot',
      ],
      ...['system:serviceaccount:default', 'system:serviceaccount:a:b:c', 'system:serviceaccount:UP:robot'],
    ),
    'impersonate-group': fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.subarray(['dev', 'ops', 'a', 'b', 'system:masters', 'system:authenticated', 'system:unauthenticated']) },
    ),
    'impersonate-uid': fc.constantFrom('', '', '', 'u-1'),
    'impersonate-extra-example.com%2fx': fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, fc.subarray(['a', 'b', 'c', 'd'])),
    'impersonate-extra-scopes': fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, fc.constant(['a'])),
  })
  .map((all): Headers => {
    const values = Object.entries(all).map(
      ([name, value]) => [name, typeof value !== 'string' ? value : value === '' ? [] : [value]] as const,
    );
    return Object.fromEntries(values.filter(([, value]) => value.length > 0));
  });

test('generated impersonations are allowed and refused as the server does it', { timeout: 180_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const rights = fc.sample(fc.array(rule, { minLength: 1, maxLength: 5 }), { seed: 7, numRuns: 8 });
  const names = rights.map((_, index) => `stand-in-${process.pid}-${index}`);
  const objects = rights.flatMap((rules, index) => granted(names[index] ?? '', rules as never));
  for (const object of objects) {
    const answer = await cluster.api('POST', `/apis/${group}/v1/${object.kind.toLowerCase()}s`, object);
    assert.equal(answer.status, 201, answer.text);
  }
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const state = snapshot({
    resources: [...objects, ...everybody].map((object) => resource(object, { kind: 'memory' })),
    facts: { ...assumedFacts('1.36'), live: true },
  });
  let allowed = 0;
  for (const [index, name] of names.entries()) {
    const ask = asker(cluster, cluster.user(name));
    const requester: Identity = { name, groups: ['system:authenticated'], uid: '', extra: {} };
    let remembered: ImpersonationMode | 'classic' | undefined;
    for (const asked of fc.sample(headers, { seed: index + 1, numRuns: 60 })) {
      const theirs = await ask(asked);
      const ours = impersonate(state, requester, readImpersonation(asked), wanted, true, undefined, remembered);
      const about = `${JSON.stringify([rights[index], asked, remembered])}\n${JSON.stringify(theirs)}\n${JSON.stringify(ours)}`;
      if (ours.status === 200) {
        if (asked['impersonate-user'] === undefined) continue;
        remembered = ours.mode ?? 'classic';
        // Who is not authenticated may not ask who it is: that it got there is enough.
        if (
          theirs.status === 403 &&
          asString(field(theirs.body, 'message'))?.includes(`User ${JSON.stringify(ours.user.name)} cannot create`) === true
        )
          continue;
        assert.equal(theirs.status, 201, about);
        allowed++;
        const { username, groups, uid = '', extra = {} } = asObject(dig(theirs.body, 'status', 'userInfo'));
        assert.deepEqual({ name: username, groups, uid, extra }, ours.user, about);
      } else {
        assert.equal(theirs.status, ours.status, about);
        const message = asString(field(theirs.body, 'message')) ?? '';
        // Extras are asked about in no order; several wrong ones leave the choice to the server.
        if (!message.startsWith('userextras')) assert.equal(message, ours.message, about);
      }
    }
  }
  assert.ok(allowed > 40, `${allowed} were allowed`);
});

const wanted = requestInfo('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews');

function granted(name: string, rules: Json): readonly KubeObject[] {
  const metadata = { name };
  return [
    { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata, rules },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'ClusterRole', name },
      subjects: [{ apiGroup: group, kind: 'User', name }],
    },
  ];
}

const everybody: readonly KubeObject[] = granted('system:basic-user', [
  { apiGroups: [own], resources: ['selfsubjectreviews'], verbs: ['create'] },
]).map((object) =>
  object.kind === 'ClusterRole' ? object : { ...object, subjects: [{ apiGroup: group, kind: 'Group', name: 'system:authenticated' }] },
);

/** Asks the server who one is, with headers, as a user with a certificate. */
function asker(cluster: Cluster, kubeconfig: string): (sent: Headers) => Promise<{ readonly status: number; readonly body: Json }> {
  const read = (end: string) => readFileSync(kubeconfig.replace(/\.conf$/, `.${end}`));
  const agent = new Agent({ keepAlive: true, ca: cluster.ca, cert: read('crt'), key: read('key') });
  const body = JSON.stringify({ apiVersion: `${own}/v1`, kind: 'SelfSubjectReview' });
  return (sent) =>
    new Promise((resolve, reject) => {
      const fields = Object.entries(sent).map(([key, values]) => [key, [...strings(values)]] as const);
      const outgoing = https(`${cluster.server}/apis/${own}/v1/selfsubjectreviews`, {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', accept: 'application/json', ...Object.fromEntries(fields) },
      });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) as Json }));
      });
      outgoing.end(body);
    });
}
