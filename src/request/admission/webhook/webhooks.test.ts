// Webhooks through whole requests, with answers given here instead of by anybody: who is asked, what is said where nobody is, and that nothing a
// webhook sends can break the pipeline. What the real API server makes of answers is in test/cluster/admission-webhooks.test.ts.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../../../kube/object.ts';
import { loadSchemas } from '../../../kube/schema/load.ts';
import { dig, type Json, type JsonObject } from '../../../lib/json.ts';
import { assumedFacts, resource, snapshot } from '../../../snapshot/snapshot.ts';
import type { Answer } from '../../answer.ts';
import type { WebhookCall, WebhookReply } from '../../calls/call.ts';
import { withCalls } from '../../calls/calling.ts';
import { answerWrite } from '../../pipeline.ts';
import { apiServer } from '../../server.ts';
import { storeOf } from '../../store/of-snapshot.ts';
import { traceWrite } from '../../trace/trace.ts';
import type { Writing } from '../../write/update.ts';
import { readResponse } from './response.ts';

const release = await loadSchemas('1.36');

function writingOver(objects: readonly KubeObject[], more: Partial<Writing> = {}): Writing {
  assert.ok(release !== undefined);
  const state = snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' }, 'shop')), facts: assumedFacts('1.36') });
  const { store } = storeOf(state, release, ['shop']);
  let made = 0;
  const circumstances = { now: '2030-01-02T03:04:05Z', uid: () => `u${made++}`, suffix: () => `${made++}`.padStart(5, 'x') };
  return { server: apiServer(release), state: store, store, access: () => state, circumstances, ...more };
}

function post(name: string, query: Readonly<Record<string, string>> = {}) {
  const value = { apiVersion: 'v1', kind: 'ConfigMap', metadata: name === '' ? { generateName: 'g-' } : { name } };
  const user = { name: 'root', groups: ['system:masters'] };
  return { method: 'POST', path: '/api/v1/namespaces/shop/configmaps', query, user, body: { kind: 'json', value } } as const;
}

function configuration(kind: 'Mutating' | 'Validating', ...webhooks: readonly JsonObject[]): KubeObject {
  const common = {
    clientConfig: { url: 'https://hook.example/' },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  };
  const object = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: kind.toLowerCase() },
    webhooks: webhooks.map((webhook, index) => ({ name: `h${index}.example.com`, ...common, ...webhook })),
  };
  return object as unknown as KubeObject;
}

function said(response: JsonObject, uid = 'sent'): WebhookReply {
  const body = JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, allowed: true, ...response },
  });
  return { kind: 'answered', uid: 'sent', status: 200, contentType: 'application/json', body };
}

const labelled = (key: string, value: string): JsonObject => ({
  patchType: 'JSONPatch',
  patch: btoa(JSON.stringify([{ op: 'add', path: '/metadata/labels', value: { [key]: value } }])),
});

async function answer(writing: Writing, name: string, reply: (call: WebhookCall) => WebhookReply | Promise<WebhookReply>) {
  const calls: WebhookCall[] = [];
  const make = async (call: WebhookCall) => {
    calls.push(call);
    return reply(call);
  };
  const result = await withCalls(writing, make, (over) => answerWrite(post(name), over).answer);
  assert.ok(result !== undefined);
  return { calls, result };
}

describe('a webhook', () => {
  test('that nobody calls is named as unknown, and the write goes on', () => {
    const unknown: string[] = [];
    const { answer: given } = answerWrite(post('a'), writingOver([configuration('Validating', {})]), ({ attributes }) => {
      unknown.push(...(attributes.unknown ?? []));
    });
    assert.equal(given.code, 201);
    assert.deepEqual([...new Set(unknown)], ['validating webhook h0.example.com of validating would be asked; its answer is not known']);
  });

  test('with side effects refuses dry runs without being asked', () => {
    const writing = writingOver([configuration('Validating', { sideEffects: 'Some' })]);
    const { refusal } = answerWrite(post('a', { dryRun: 'All' }), writing).answer;
    assert.deepEqual([refusal?.code, refusal?.message], [400, 'admission webhook "h0.example.com" does not support dry run']);
  });

  test('with side effects is not asked about what is only supposed, others are told of a dry run', async () => {
    const writing = writingOver([configuration('Validating', { sideEffects: 'Some' }, {})], { isSupposed: true });
    const { calls, result } = await answer(writing, 'a', () => said({}));
    assert.deepEqual([result.code, calls.map(({ body }) => dig(body, 'request', 'dryRun'))], [201, [true]]);
  });

  test('changes the object, and the next one sees that', async () => {
    const { calls, result } = await answer(writingOver([configuration('Mutating', {}, {}), configuration('Validating', {})]), '', (call) =>
      said(call.name.includes('h0.example.com of mutating') ? labelled('a', 'b') : {}),
    );
    const seen = calls.map(({ body }) => dig(body, 'request', 'object', 'metadata', 'labels', 'a') ?? '');
    assert.deepEqual(seen, ['', 'b', 'b']);
    const names = [dig(calls[2]?.body, 'request', 'name'), dig(result.object, 'metadata', 'name')];
    assert.equal(names[0], names[1]);
    assert.equal(dig(calls[2]?.body, 'request', 'object', 'metadata', 'uid'), dig(result.object, 'metadata', 'uid'));
  });

  test('is asked once, and all that validate are asked together', async () => {
    let open = 0;
    let most = 0;
    const { calls } = await answer(writingOver([configuration('Validating', {}, {}, {})]), 'a', async () => {
      open++;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 5));
      open--;
      return said({});
    });
    assert.deepEqual([calls.length, most], [3, 3]);
  });

  test('that refuses beside others is answered in their order, and the trace shows all', async () => {
    const no = (call: WebhookCall) => said({ allowed: false, status: { message: call.name.slice(0, 13) } });
    const writing = writingOver([configuration('Validating', {}, {}, {})]);
    const { result } = await answer(writing, 'a', no);
    assert.match(result.refusal?.message ?? '', /^admission webhook "h0\.example\.com" denied/);
    const make = async (call: WebhookCall) => (call.name.includes('h1') ? said({}) : no(call));
    const trace = await withCalls(writing, make, (over) => traceWrite(post('a'), over));
    const stage = trace?.stages.find(({ plugin }) => plugin === 'ValidatingAdmissionWebhook');
    assert.match(stage?.reason ?? '', /"h0\.example\.com" denied/);
    assert.deepEqual(
      stage?.evidence.map((line) => /h[0-9]/.exec(line)?.[0]),
      ['h2', undefined],
    );
  });

  test('never sees configurations of webhooks', async () => {
    const everything = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] }];
    const writing = writingOver([configuration('Validating', { rules: everything })]);
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    const value = { ...configuration('Validating', {}), metadata: { name: 'other' } } as unknown as Json;
    const request = { ...post('a'), path, body: { kind: 'json', value } as const };
    const made = await withCalls(
      writing,
      async () => assert.fail('asked'),
      (over) => answerWrite(request, over).answer,
    );
    assert.equal(made?.code, 201);
  });

  test('leaves nothing behind in runs that wait for it', async () => {
    const writing = writingOver([configuration('Mutating', {}), configuration('Validating', {})]);
    const before = writing.store.revision();
    const { result } = await answer(writing, 'a', () => {
      assert.equal(writing.store.revision(), before);
      return said({});
    });
    assert.deepEqual([result.code, writing.store.revision()], [201, before + 1]);
    assert.equal(dig(result.object, 'metadata', 'resourceVersion'), String(before + 1));
  });
});

describe('whatever is sent', () => {
  test('is an answer or a reason, never a throw', () => {
    const status = release?.definition('meta.v1.Status');
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((response) => JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response })),
      fc
        .record({
          uid: fc.constantFrom('sent', 'other'),
          allowed: fc.jsonValue(),
          patch: fc.oneof(fc.base64String(), fc.string(), fc.jsonValue()),
          patchType: fc.constantFrom('JSONPatch', '', 'x'),
          status: fc.jsonValue(),
          warnings: fc.jsonValue(),
          auditAnnotations: fc.jsonValue(),
        })
        .map((response) => JSON.stringify({ response, apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' })),
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 100, max: 599 }), fc.string(), (body, code, contentType) => {
        const reply = { kind: 'answered', uid: 'sent', status: code, contentType, body } as const;
        for (const phase of ['mutating', 'validating'] as const)
          for (const version of ['v1', 'v1beta1'] as const) {
            const read = readResponse(reply, version, phase, 'https://hook.example/', status);
            assert.ok(read.ok || typeof read.problem === 'string');
          }
      }),
      { numRuns: 400 },
    );
  });

  test('as a patch changes the object or is refused, and nothing else in the store', async () => {
    const operations = fc.array(
      fc.record(
        {
          op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x'),
          path: fc.constantFrom(
            '',
            '/',
            '/metadata',
            '/metadata/name',
            '/metadata/labels',
            '/data',
            '/data/a',
            '/kind',
            '/apiVersion',
            '/__proto__/x',
          ),
          from: fc.constantFrom('/metadata', '/data'),
          value: fc.jsonValue(),
        },
        { requiredKeys: ['op'] },
      ),
      { maxLength: 4 },
    );
    const codes = new Set<Answer['code']>();
    await fc.assert(
      fc.asyncProperty(operations, async (list) => {
        const writing = writingOver([configuration('Mutating', {})]);
        const patch = Buffer.from(JSON.stringify(list)).toString('base64');
        const { result } = await answer(writing, 'a', () => said(list.length === 0 ? {} : { patchType: 'JSONPatch', patch }));
        codes.add(result.code);
        assert.equal(({} as { x?: unknown }).x, undefined);
        const stored = writing.store.list({ group: '', resource: 'configmaps' }, 'shop');
        assert.equal(stored.length, result.code === 201 ? 1 : 0);
      }),
      { numRuns: 150 },
    );
    assert.ok(codes.has(201) && codes.has(500));
  });
});
