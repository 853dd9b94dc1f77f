// The OpenAPI document of custom kinds, on a real API server and on a simulated one, to the letter: clients validate and explain by it, and keep it
// by its hash.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { asList, dig, field, type Json } from '../../src/lib/json.ts';
import { startSimulated } from '../simulated.ts';
import { client } from './api.ts';
import { realCluster } from './cluster.ts';

const either = [{ type: 'integer' }, { type: 'string' }];
const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** Fields whose extensions mean more than they say. */
const fields: Readonly<Record<string, Json>> = {
  template: { ...anything, 'x-kubernetes-embedded-resource': true },
  named: {
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    description: 'an object',
    required: ['kind', 'spec'],
    properties: { spec: { type: 'object', properties: { port: { 'x-kubernetes-int-or-string': true } } } },
  },
  templates: { type: 'array', items: { ...anything, 'x-kubernetes-embedded-resource': true } },
  byName: { type: 'object', additionalProperties: { 'x-kubernetes-int-or-string': true } },
  port: { 'x-kubernetes-int-or-string': true, description: 'a port' },
  spelledOut: { 'x-kubernetes-int-or-string': true, anyOf: either },
  spelledOutBelow: { 'x-kubernetes-int-or-string': true, allOf: [{ anyOf: either }, { maxLength: 5 }] },
  narrowed: { 'x-kubernetes-int-or-string': true, anyOf: [{ pattern: '^a' }, { maximum: 3 }] },
  narrowedMore: { 'x-kubernetes-int-or-string': true, anyOf: [{ pattern: '^a' }], allOf: [{ minLength: 1 }] },
  limited: { 'x-kubernetes-int-or-string': true, maxLength: 9, nullable: true, default: 1 },
};

test('the published schema of a custom kind is the server’s', { timeout: 300_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const server = await startSimulated({ host: '127.0.0.1', port: 0, objects: [] });
  t.after(server.stop);
  const simulated = client(server.url, server.authority.certificate, server.authority.client('admin', ['system:masters']));
  t.after(simulated.close);
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'papers.published.example.io' },
    spec: {
      group: 'published.example.io',
      scope: 'Namespaced',
      names: { plural: 'papers', kind: 'Paper' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: fields } } } },
        },
      ],
    },
  };
  const path = '/openapi/v3/apis/published.example.io/v1';
  const [wanted, found] = await Promise.all(
    [cluster.api, simulated.api].map(async (api) => {
      const made = await api('POST', definitions, definition);
      assert.equal(made.status, 201, made.text);
      for (let attempt = 0; attempt < 600; attempt++) {
        const { status, body } = await api('GET', path);
        if (status === 200) return body as Json;
        await sleep(100);
      }
      return null;
    }),
  );
  await cluster.api('DELETE', `${definitions}/papers.published.example.io`);
  const paper = ['components', 'schemas', 'io.example.published.v1.Paper'] as const;
  assert.ok(asList(dig(wanted ?? null, ...paper, 'properties', 'spec', 'properties', 'named', 'required')).length === 3);
  assert.deepEqual(field(found, 'components'), field(wanted, 'components'));
  assert.equal(JSON.stringify(found), JSON.stringify(wanted));
});
