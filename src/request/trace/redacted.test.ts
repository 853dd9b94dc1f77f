// Values of Secrets, wherever they may have come to stand in a trace.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { ApiRequest } from '../request.ts';
import { withoutSecretValues } from './redacted.ts';
import type { RequestTrace } from './trace.ts';

const user = { name: 'jane', groups: [] };
const value = 'hunter2hunter2';
const base64 = 'aHVudGVyMmh1bnRlcjI=';
const secret = (more: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, ...more });

function shown(sent: Json, found: Partial<RequestTrace>, more: Partial<ApiRequest> = {}): string {
  const trace: RequestTrace = {
    stages: [],
    allowed: false,
    user,
    unknown: [],
    answer: { code: 422, warnings: [] },
    auditAnnotations: {},
    next: [],
    ...found,
  };
  const request: ApiRequest = {
    method: 'POST',
    path: '/api/v1/namespaces/a/secrets',
    query: {},
    user,
    body: { kind: 'json', value: sent },
    ...more,
  };
  return JSON.stringify(withoutSecretValues(trace, request, undefined));
}

const changed = (path: string, to: Json): Partial<RequestTrace> => ({
  stages: [{ stage: 'decoding', decision: 'changed', reason: '', evidence: [], changes: [{ op: 'replace', path, value: to }] }],
});

const refused = (message: string): Partial<RequestTrace> => ({
  answer: { code: 500, warnings: [], refusal: { code: 500, reason: '', message } },
});

const rows: readonly (readonly [why: string, text: string])[] = [
  ['base64 with a line break is canonical in the stored object', shown(secret({ data: { p: `${base64}\n` } }), changed('/data/p', base64))],
  ['what a webhook adds', shown(secret({}), changed('/data/vault', base64))],
  ['a whole map', shown(secret({ stringData: { p: value } }), changed('/data', { p: base64 }))],
  ['a whole object', shown(secret({ stringData: { p: value } }), changed('', secret({ data: { p: base64 } }) as Json))],
  ['a value of another type, quoted in a message', shown(secret({ data: { p: [value] } }), refused(`expected string, got []{"${value}"}`))],
  ['data that is no map', shown(secret({ data: value }), refused(`cannot unmarshal ${value}`))],
  [
    'a path with a query',
    shown(secret({ data: { p: base64 } }), changed('/data/p', base64), { path: '/api/v1/namespaces/a/secrets?dryRun=All' }),
  ],
  ['a path that is escaped', shown({ data: { p: base64 } }, changed('/data/p', base64), { path: '/api/v1/namespaces/a/%73ecrets/a' })],
  ['a JSON patch', shown([{ op: 'add', path: '/data/p', value: base64 }], refused(`Invalid value: [{"value":"${base64}"}]`))],
  [
    'what kubectl apply wrote down',
    shown(
      secret({}),
      changed('/metadata/annotations', { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"p":"${value}"}}` }),
    ),
  ],
];
for (const [why, text] of rows)
  test(`not shown: ${why}`, () => {
    assert.doesNotMatch(text, /hunter2|aHVudGVy/);
    assert.match(text, /\(not shown/);
  });

test('not shown: what policies and webhooks say of a Secret', () => {
  const message = "secrets \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: it begins with hunt";
  const stages: RequestTrace['stages'] = [
    {
      stage: 'validating admission',
      plugin: 'ValidatingAdmissionPolicy',
      decision: 'refused',
      reason: message,
      evidence: [`refused too: ${message}`],
      warnings: ['68756e74'],
      auditAnnotations: { 'w/leak': 'HUNT' },
    },
  ];
  const text = shown(secret({ data: { p: base64 } }), {
    stages,
    answer: {
      code: 422,
      warnings: ['68756e74'],
      refusal: { code: 422, reason: 'Invalid', message, details: { causes: [{ reason: 'FieldValueInvalid', message }] } },
    },
    auditAnnotations: { 'w/leak': 'HUNT', 'authorization.k8s.io/decision': 'allow' },
  });
  assert.doesNotMatch(text, /hunt|68756e74|HUNT/);
  assert.match(text, /denied request: \(not shown\)/);
  assert.match(text, /"allow"/);
});

test('words of the trace that happen to be values stay: they tell nothing', () => {
  const words = { mode: 'changed', kind: 'Secret', user: 'jane', stage: 'decoding' };
  const reason = 'a Secret of v1 as sent';
  const text = shown(secret({ stringData: words }), {
    stages: [{ stage: 'decoding', decision: 'changed', reason, evidence: [], changes: [{ op: 'add', path: '/data', value: words }] }],
    answer: { code: 201, warnings: [], object: secret({ data: words }) },
  });
  const { stages, user: by, answer } = JSON.parse(text);
  assert.deepEqual([stages[0].stage, stages[0].decision, stages[0].reason, by.name], ['decoding', 'changed', reason, 'jane']);
  assert.deepEqual([answer.object.kind, answer.object.metadata.name, answer.object.data.mode], ['Secret', 'a', '(not shown)']);
});

test('other objects are shown as they are', () => {
  const text = shown({ kind: 'ConfigMap', data: { a: value } }, changed('/data/a', value), { path: '/api/v1/namespaces/a/configmaps' });
  assert.match(text, /hunter2hunter2/);
});
