// Conversion webhooks with answers given here, and where nobody asks them: what is known then, and that nothing is ever shown unconverted. What the
// real API server makes of answers is in test/cluster/conversion-webhooks.test.ts.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../../kube/object.ts';
import { loadSchemas } from '../../kube/schema/load.ts';
import { asList, dig, type Json, type JsonObject } from '../../lib/json.ts';
import { assumedFacts, resource, snapshot } from '../../snapshot/snapshot.ts';
import type { WebhookCall, WebhookReply } from '../calls/call.ts';
import { withCalls } from '../calls/calling.ts';
import { answerWrite } from '../pipeline.ts';
import { apiServer } from '../server.ts';
import { storeOf } from '../store/of-snapshot.ts';
import { traceWrite } from '../trace/trace.ts';
import type { Writing } from '../write/update.ts';
import { convertedObject, readReview } from './response.ts';

const release = await loadSchemas('1.36');
const version = (name: string, storage: boolean, key: string): JsonObject => ({
  name,
  storage,
  served: true,
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { [key]: { type: 'string' } } } } } },
});
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'bells.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'bells', kind: 'Bell', singular: 'bell', listKind: 'BellList' },
    conversion: {
      strategy: 'Webhook',
      webhook: { clientConfig: { url: 'https://hook.example/convert' }, conversionReviewVersions: ['v1'] },
    },
    versions: [version('v1', false, 'old'), version('v2', true, 'new')],
  },
} as unknown as KubeObject;

function writing(): Writing {
  assert.ok(release !== undefined);
  const state = snapshot({ resources: [resource(definition, { kind: 'memory' }, 'shop')], facts: assumedFacts('1.36') });
  const { store } = storeOf(state, release, ['shop']);
  let made = 0;
  const circumstances = { now: '2030-01-02T03:04:05Z', uid: () => `u${made++}`, suffix: () => `${made++}`.padStart(5, 'x') };
  return { server: apiServer(release), state: store, store, access: () => state, circumstances };
}

function post(of: string, spec: JsonObject) {
  const value: Json = { apiVersion: `example.com/${of}`, kind: 'Bell', metadata: { name: 'a' }, spec };
  const user = { name: 'root', groups: ['system:masters'] };
  const path = `/apis/example.com/${of}/namespaces/shop/bells`;
  return { method: 'POST', path, query: {}, user, body: { kind: 'json', value } } as const;
}

const stored = (over: Writing) => over.store.get({ group: 'example.com', resource: 'bells' }, 'shop', 'a');

/** Renames the field of the spec. */
function renamed({ body }: WebhookCall): WebhookReply {
  const to = String(dig(body, 'request', 'desiredAPIVersion'));
  const convertedObjects = asList(dig(body, 'request', 'objects')).map((object): Json => {
    const spec = to.endsWith('v1') ? { old: dig(object, 'spec', 'new') ?? '' } : { new: dig(object, 'spec', 'old') ?? '', odd: 1 };
    return { ...(object as JsonObject), apiVersion: to, spec };
  });
  const response = { uid: 'sent', result: { status: 'Success' }, convertedObjects };
  const text = JSON.stringify({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview', response });
  return { kind: 'answered', uid: 'sent', status: 200, contentType: 'application/json', body: text };
}

describe('an object whose version a webhook converts', () => {
  test('is not known where nobody asks, and nothing is stored', () => {
    const over = writing();
    const { answer } = answerWrite(post('v1', { old: 'x' }), over);
    const why = 'the conversion webhook of bells.example.com would be asked; the object in example.com/v2 is not known';
    assert.deepEqual([answer.code, answer.unknown, stored(over)], [500, why, undefined]);
    const { allowed, unknown, stages } = traceWrite(post('v1', { old: 'x' }), over);
    assert.deepEqual([allowed, unknown, stages.some(({ decision }) => decision === 'refused')], [false, [why], false]);
  });

  test('needs nobody in the version it is stored in', () => {
    const over = writing();
    assert.equal(answerWrite(post('v2', { new: 'x' }), over).answer.code, 201);
    assert.equal(dig(stored(over), 'spec', 'new'), 'x');
  });

  test('is stored as the webhook and the schema make it, and comes back as it was sent', async () => {
    const over = writing();
    const done = await withCalls(
      over,
      async (call) => renamed(call),
      (one) => answerWrite(post('v1', { old: 'x' }), one).answer,
    );
    assert.deepEqual([done?.code, dig(done?.object, 'spec'), dig(stored(over), 'spec')], [201, { old: 'x' }, { new: 'x' }]);
    assert.equal(dig(stored(over), 'apiVersion'), 'example.com/v2');
  });

  test('is refused in the words of who failed', async () => {
    const reply: WebhookReply = { kind: 'failed', during: 'request', message: 'EOF' };
    const done = await withCalls(
      writing(),
      async () => reply,
      (one) => answerWrite(post('v1', { old: 'x' }), one).answer,
    );
    const said = 'conversion webhook for example.com/v1, Kind=Bell failed: Post "https://hook.example/convert?timeout=30s": EOF';
    assert.equal(done?.refusal?.message, said);
  });

  test('whatever is sent is an object or a reason, never a throw', () => {
    const original: JsonObject = { apiVersion: 'example.com/v1', kind: 'Bell', metadata: { name: 'a', uid: 'u' } };
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((response) => JSON.stringify({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview', response })),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const read = readReview({ kind: 'answered', uid: 'u', status: 200, contentType: '', body }, 'v1', 'https://h/', undefined);
        assert.ok(read.ok || typeof read.problem === 'string');
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 2 }), (objects) => {
        const read = convertedObject(objects as readonly Json[], original, 'example.com/v2');
        assert.ok(read.ok || typeof read.problem === 'string');
      }),
    );
  });
});
