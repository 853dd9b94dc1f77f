// Authorizers in their configured order before the real API server: webhooks that answer by the user's name, match conditions in CEL, and
// reviews of generated users. What each webhook was asked, and what came out, must be what the chain says.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AskWebhook, decide, readWebhookAnswer } from '../../src/identity/authorization/chain.ts';
import { readAuthorizationConfiguration } from '../../src/identity/authorization/configuration.ts';
import { reviewStatus } from '../../src/identity/subject-access-review.ts';
import { asObject, asString, field, type Json, type JsonObject, sameJson } from '../../src/lib/json.ts';
import { assumedFacts, snapshot } from '../../src/snapshot/snapshot.ts';
import { folder } from '../folder.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { realCluster } from './cluster.ts';

const conditions: Readonly<Record<string, readonly string[]>> = {
  first: ['request.user.startsWith("a")', '!("exempt" in request.groups)'],
  second: [
    'has(request.resourceAttributes) && request.resourceAttributes.namespace != "free"',
    '!has(request.resourceAttributes.fieldSelector) || request.resourceAttributes.fieldSelector.requirements.size() > 0',
  ],
  third: ['request.extra["k"].exists(v, v == "x")'],
  fourth: [],
};

/** What a webhook says to a user: by letters of its name. */
function answerTo(user: string, webhook: string): JsonObject {
  const word =
    user
      .split('-')
      .find((part) => part.startsWith(`${webhook[0]}.`))
      ?.slice(2) ?? '';
  const status: JsonObject =
    word === 'yes'
      ? { allowed: true, reason: `${webhook} allows` }
      : word === 'no'
        ? { allowed: false, denied: true, reason: `${webhook} denies` }
        : { allowed: false, reason: word };
  return { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', status };
}

test('generated reviews are decided as the server decides them', { timeout: 180_000 }, async (t) => {
  const place = folder(t, {});
  makeAuthority(place, 'webhooks');
  const own = makeCertificate(place, { file: 'hook', subject: '/CN=hook', names: 'IP:127.0.0.1' });
  const asked: { webhook: string; spec: Json }[] = [];
  const server = createServer({ cert: own.certificate, key: own.key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const webhook = request.url?.slice(1).split('?')[0] ?? '';
      const spec = field(JSON.parse(Buffer.concat(chunks).toString()), 'spec') ?? null;
      asked.push({ webhook, spec });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answerTo(asString(field(spec, 'user')) ?? '', webhook)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const authorizers: JsonObject[] = Object.entries(conditions).map(([name, expressions], index) => {
    const file = join(place, `${name}.json`);
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server: `https://127.0.0.1:${port}/${name}`, 'certificate-authority': join(place, 'ca.crt') } }],
      users: [{ name, user: {} }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    };
    writeFileSync(file, JSON.stringify(kubeconfig));
    const webhook = {
      timeout: '3s',
      authorizedTTL: '1ms',
      unauthorizedTTL: '1ms',
      subjectAccessReviewVersion: 'v1',
      matchConditionSubjectAccessReviewVersion: 'v1',
      failurePolicy: index % 2 === 0 ? 'NoOpinion' : 'Deny',
      connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: file },
      matchConditions: expressions.map((expression) => ({ expression })),
    };
    return { type: 'Webhook', name, webhook };
  });
  const ordered = [
    authorizers[0],
    authorizers[1],
    { type: 'Node', name: 'node' },
    { type: 'RBAC', name: 'rbac' },
    authorizers[2],
    authorizers[3],
  ];
  const configuration = { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthorizationConfiguration', authorizers: ordered };
  const file = join(place, 'authorization.json');
  writeFileSync(file, JSON.stringify(configuration));
  const cluster = await realCluster(t, { own: true, apiServerFlags: [`--authorization-config=${file}`] });
  if (cluster === undefined) return;
  const { authorizers: chain, problems } = readAuthorizationConfiguration(configuration, 'authorization.json', 36);
  assert.deepEqual(problems, []);
  const state = snapshot({ resources: [], facts: { ...assumedFacts('1.36'), live: true } });
  const words = fc.constantFrom('', 'yes', 'no', 'maybe');
  const users = fc
    .tuple(fc.constantFrom('a', 'b'), words, words, words, words)
    .map(([letter, ...four]) => [letter, ...four.map((word, index) => `${'fstf'[index]}.${word}`)].join('-'));
  const reviews = fc.record({
    user: users,
    groups: fc.subarray(['dev', 'exempt', 'nodes']),
    extra: fc.constantFrom<Json>({}, { k: ['x'] }, { k: ['y', 'x'] }, { other: ['x'] }),
    attributes: fc.constantFrom<JsonObject>(
      { resourceAttributes: { verb: 'get', resource: 'widgets', group: 'example.com', namespace: 'a', name: 'n' } },
      {
        resourceAttributes: {
          verb: 'list',
          resource: 'widgets',
          namespace: 'free',
          fieldSelector: { rawSelector: 'metadata.name=x,a!=b' },
        },
      },
      {
        resourceAttributes: {
          verb: 'list',
          resource: 'widgets',
          labelSelector: { requirements: [{ key: 'k', operator: 'In', values: ['b', 'a'] }] },
        },
      },
      { nonResourceAttributes: { verb: 'get', path: '/x' } },
    ),
  });
  for (const { attributes, ...who } of fc.sample(reviews, { seed: 5, numRuns: 300 })) {
    asked.length = 0;
    const spec = { ...who, ...attributes };
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
    const answer = await cluster.api('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', body);
    const theirs = asObject(field(answer.body, 'status'));
    const mine: { webhook: string; spec: JsonObject }[] = [];
    const ask: AskWebhook = (webhook, sent) => {
      mine.push({ webhook, spec: sent });
      return readWebhookAnswer(answerTo(asString(sent.user) ?? '', webhook));
    };
    const ours = reviewStatus(state, spec, { kind: 'SubjectAccessReview' }, (question) => decide(state, chain, question, { ask }));
    const about = `${JSON.stringify(spec)}\n${JSON.stringify(theirs)}\n${JSON.stringify(asked)}\n${JSON.stringify(ours)}\n${JSON.stringify(mine)}`;
    const { allowed, denied = false, reason = '', evaluationError = '' } = theirs;
    assert.deepEqual({ allowed, denied, reason, evaluationError }, ours, about);
    const relevant = asked.filter((one) => field(one.spec, 'user') === who.user);
    assert.ok(sameJson(relevant, mine), about);
  }
});
