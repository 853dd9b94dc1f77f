// Definitions of one group that want the same names, on a real API server and on a simulated one: what each is given, what its conditions say,
// and who gets a name that is let go of.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { asList, asString, dig, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { startSimulated } from '../simulated.ts';
import { client } from './api.ts';
import { realCluster } from './cluster.ts';

type Api = ReturnType<typeof client>['api'];

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const schema = { openAPIV3Schema: { type: 'object' } };

function definition(plural: string, names: JsonObject): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.names.example.io` },
    spec: {
      group: 'names.example.io',
      scope: 'Namespaced',
      names: { plural, ...names },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

const named = (plural: string) => `${path}/${plural}.names.example.io`;

/** What a definition says of its names once `settled` is so; what it says at last where it never is. */
async function status(api: Api, plural: string, settled: (conditions: readonly Json[]) => boolean): Promise<Json | undefined> {
  let found: Json | undefined;
  for (let attempt = 0; attempt < 600; attempt++) {
    found = field((await api('GET', named(plural))).body as Json, 'status');
    if (settled(asList(field(found, 'conditions')))) break;
    await sleep(100);
  }
  const conditions = asList(field(found, 'conditions')).map((each) =>
    ['type', 'status', 'reason', 'message'].map((key) => asString(field(each, key)) ?? ''),
  );
  return { acceptedNames: field(found, 'acceptedNames') ?? {}, conditions };
}

const says = (type: string, is: string) => (conditions: readonly Json[]) =>
  conditions.some((each) => field(each, 'type') === type && field(each, 'status') === is);

const isEstablished = says('Established', 'True');
const isRefused = says('NamesAccepted', 'False');

async function story(api: Api): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  const made = async (object: JsonObject) => told.push((await api('POST', path, object)).status);
  await made(definition('widgets', { kind: 'Widget', shortNames: ['wd'], categories: ['all'] }));
  told.push(await status(api, 'widgets', isEstablished));
  await made(definition('gadgets', { kind: 'Widget', singular: 'gadget', shortNames: ['gd'], categories: ['all', 'acme'] }));
  await made(definition('gizmos', { kind: 'Gizmo', singular: 'widget', shortNames: ['wd', 'gz', 'widgets'] }));
  told.push(await status(api, 'gadgets', isRefused), await status(api, 'gizmos', isRefused));
  told.push(asList(field((await api('GET', '/apis/names.example.io/v1')).body as Json, 'resources')).map((each) => field(each, 'name')));
  await api('DELETE', named('widgets'));
  told.push(await status(api, 'gadgets', isEstablished), await status(api, 'gizmos', isEstablished));
  const { body } = await api('GET', named('gizmos'));
  const renamed = { ...(dig(body as Json, 'spec', 'names') as JsonObject), shortNames: ['gz', 'gd'] };
  await api('PUT', named('gizmos'), { ...(body as JsonObject), spec: { ...(dig(body as Json, 'spec') as JsonObject), names: renamed } });
  told.push(await status(api, 'gizmos', isRefused));
  for (const plural of ['gadgets', 'gizmos']) await api('DELETE', named(plural));
  return told;
}

/** A definition that waits for an object with a finalizer: nothing new is made, everything else goes on. */
async function ending(api: Api): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  const objects = '/apis/names.example.io/v1/namespaces/default/endings';
  const object = (name: string, metadata: JsonObject = {}) => ({
    apiVersion: 'names.example.io/v1',
    kind: 'Ending',
    metadata: { name, ...metadata },
  });
  const tell = async (method: string, path: string, body?: unknown) => {
    const { status, body: answer } = await api(method, path, body);
    told.push([method, status, field(answer as Json, 'message') ?? '']);
  };
  await api('POST', path, definition('endings', { kind: 'Ending' }));
  await status(api, 'endings', isEstablished);
  for (let attempt = 0; attempt < 600 && (await api('GET', objects)).status !== 200; attempt++) await sleep(100);
  await tell('POST', objects, object('held', { finalizers: ['example.io/hold'] }));
  await api('DELETE', named('endings'));
  await status(api, 'endings', says('Terminating', 'True'));
  for (let attempt = 0; attempt < 600; attempt++) {
    const resources = asList(field((await api('GET', '/apis/names.example.io/v1')).body as Json, 'resources'));
    if (!asList(field(resources[0], 'verbs')).includes('create')) break;
    await sleep(100);
  }
  await tell('POST', objects, object('late'));
  await tell('PATCH', `${objects}/held`, { metadata: { labels: { a: 'b' } } });
  told.push(field((await api('GET', '/apis/names.example.io/v1')).body as Json, 'resources'));
  await tell('PATCH', `${objects}/held`, { metadata: { finalizers: null } });
  for (let attempt = 0; attempt < 600 && (await api('GET', named('endings'))).status !== 404; attempt++) await sleep(100);
  await tell('GET', named('endings'));
  return told;
}

test('while a definition is being deleted nothing new is made of it', { timeout: 300_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const server = await startSimulated({ host: '127.0.0.1', port: 0, objects: [] });
  t.after(server.stop);
  const simulated = client(server.url, server.authority.certificate, server.authority.client('admin', ['system:masters']));
  t.after(simulated.close);
  assert.deepEqual(await ending(simulated.api), await ending(cluster.api));
});

test('names that two definitions of a group want go to the first, and to the second once they are free', {
  timeout: 300_000,
}, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const server = await startSimulated({ host: '127.0.0.1', port: 0, objects: [] });
  t.after(server.stop);
  const simulated = client(server.url, server.authority.certificate, server.authority.client('admin', ['system:masters']));
  t.after(simulated.close);
  assert.deepEqual(await story(simulated.api), await story(cluster.api));
});
