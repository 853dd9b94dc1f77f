// Schema validation against the real decoder: for every kind that can be created, an object with all its fields, then the same object with
// one thing wrong. What the API server refuses while decoding, and which fields it calls unknown, must be what validation finds. Then the
// defaults of a few whole objects, as the server would store them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, cluster as hardened } from '../../src/controls/examples.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { validateBuiltIn } from '../../src/kube/schema/built-in.ts';
import { withDefaults } from '../../src/kube/schema/defaults/apply.ts';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import type { Release, ServedResource } from '../../src/kube/schema/release.ts';
import type { Schema } from '../../src/kube/schema/schema.ts';
import { asString, field, type Json } from '../../src/lib/json.ts';
import type { Answer } from './api.ts';
import { type Cluster, realCluster } from './cluster.ts';

type Path = readonly (string | number)[];

const samples: Readonly<Record<string, Json>> = {
  int32: 1,
  int64: 1,
  double: 1.5,
  bytes: 'YQ==',
  time: '2024-01-01T00:00:00Z',
  'micro-time': '2024-01-01T00:00:00.000000Z',
  quantity: '1',
  'int-or-string': 'a',
};
/** Values that are wrong somewhere: whichever type a field has, some of them do not fit. */
const intruders: readonly Json[] = ['text', '', 7, -1, 1.5, 2 ** 40, true, [], [1], {}, { a: 'b' }, null, '10Gi', '2024-01-01T00:00:00Z'];

/** A value of the right type, with every field set. */
function sample(schema: Schema, depth: number): Json {
  if (schema.type === undefined || schema.preserveUnknownFields === true) return {};
  if (schema.format !== undefined) return samples[schema.format] ?? 'text';
  switch (schema.type) {
    case 'array':
      return [sample(schema.items ?? {}, depth + 1)];
    case 'object': {
      if (schema.properties === undefined) return { key: sample(schema.additionalProperties ?? {}, depth + 1) };
      if (depth > 9) return {};
      const entries = [...schema.properties].map(([key, inner]): [string, Json] => [key, sample(inner, depth + 1)]);
      return Object.fromEntries(entries);
    }
    case 'boolean':
      return true;
    default:
      return asString(schema.enum?.[0]) ?? 'text';
  }
}

function* paths(value: Json, at: Path = []): Generator<Path> {
  if (at.length > 0) yield at;
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* paths(item, [...at, index]);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) if (item !== undefined) yield* paths(item, [...at, key]);
}

/** The value with another one at a path; a new key where the path ends in one. */
function changed(value: Json, [key, ...rest]: Path, change: Json): Json {
  if (key === undefined) return change;
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? changed(item, rest, change) : item));
  return { ...(value as object), [key]: changed(field(value, String(key)) ?? null, rest, change) };
}

async function decoding(cluster: Cluster, resource: ServedResource, object: Json): Promise<readonly string[] | 'decoded'> {
  const group = resource.apiVersion.includes('/') ? '/apis/' : '/api/';
  const place = resource.namespaced ? '/namespaces/default/' : '/';
  const path = `${group}${resource.apiVersion}${place}${resource.name}?dryRun=All&fieldValidation=Strict`;
  const { status, body } = await cluster.api('POST', path, object);
  if (status !== 400) return 'decoded';
  const message = asString(field(body, 'message')) ?? '';
  const unknown = [...message.matchAll(/unknown field "((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '');
  return unknown.length > 0 ? unknown.sort() : ['wrong type'];
}

function found(object: Json, schema: Schema): readonly string[] | 'decoded' {
  const violations = validateBuiltIn(object, schema);
  if (violations.some(({ code }) => code === 'wrong-type')) return ['wrong type'];
  const unknown = violations.filter(({ code }) => code === 'unknown-field').map(({ message }) => message.split(' is no field')[0] ?? '');
  return unknown.length > 0 ? unknown.sort() : 'decoded';
}

function creatable(release: Release): readonly ServedResource[] {
  return release.apiVersions
    .flatMap((apiVersion) => release.resources(apiVersion))
    .filter(({ name, verbs }) => !name.includes('/') && verbs.includes('create') && verbs.includes('get'));
}

test('the API server decodes what validation passes, and refuses to decode what it refuses', async (t) => {
  const cluster = await realCluster(t);
  const release = await loadSchemas('1.36');
  if (cluster === undefined || release === undefined) return;
  const disagreements: string[] = [];
  let asked = 0;
  for (const resource of creatable(release)) {
    const group = resource.apiVersion.includes('/') ? '/apis/' : '/api/';
    if ((await cluster.api('GET', `${group}${resource.apiVersion}/${resource.name}?limit=1`)).status === 404) continue;
    const schema = release.schemaOf(resource.apiVersion, resource.kind);
    assert.ok(schema !== undefined, `${resource.apiVersion} ${resource.kind}`);
    const { status: _status, ...whole } = sample(schema, 0) as { readonly [key: string]: Json };
    const object: Json = { ...whole, apiVersion: resource.apiVersion, kind: resource.kind, metadata: { name: 'sample' } };
    const everywhere = [...paths(object)].filter(([first]) => first !== 'apiVersion' && first !== 'kind');
    const trials: [string, Json][] = [['as it is', object]];
    for (let trial = 0; trial < 12 && everywhere.length > 0; trial++) {
      const path = everywhere[(trial * 7919 + resource.kind.length * 31) % everywhere.length] ?? [];
      const intruder = intruders[(trial * 5 + path.length) % intruders.length] ?? null;
      trials.push([`${path.join('.')} = ${JSON.stringify(intruder)}`, changed(object, path, intruder)]);
      trials.push([`${path.join('.')}.strange`, changed(object, [...path.slice(0, -1), 'strange'], 'x')]);
    }
    for (const [what, trial] of trials) {
      asked++;
      const theirs = await decoding(cluster, resource, trial);
      const ours = found(trial, schema);
      if (JSON.stringify(theirs) !== JSON.stringify(ours))
        disagreements.push(
          `${resource.apiVersion} ${resource.kind}, ${what}: ${JSON.stringify(ours)}, the server ${JSON.stringify(theirs)}`,
        );
    }
  }
  assert.deepEqual(disagreements, []);
  assert.ok(asked > 500, `${asked} objects were tried`);
});

test('objects are stored with the defaults that are filled in here', async (t) => {
  const cluster = await realCluster(t);
  const release = await loadSchemas('1.36');
  if (cluster === undefined || release === undefined) return;
  const namespace = await cluster.namespace('defaults');
  for (const object of hardened(deployment())) {
    if (object.kind === 'Namespace') continue;
    const resource: ServedResource | undefined = release.resourceOf(object.apiVersion, object.kind);
    assert.ok(resource !== undefined);
    const place = resource.namespaced ? `/namespaces/${namespace}/` : '/';
    const path = `${object.apiVersion.includes('/') ? '/apis/' : '/api/'}${object.apiVersion}${place}${resource.name}?dryRun=All`;
    const sent: KubeObject = { ...object, metadata: { ...object.metadata, ...(resource.namespaced ? { namespace } : {}) } };
    const answer: Answer = await cluster.api('POST', path, sent);
    assert.equal(answer.status, 201, answer.text);
    const { metadata: _sent, ...ours } = withDefaults(sent, release) ?? {};
    const { metadata: _stored, ...theirs } = answer.body as { readonly [key: string]: Json };
    assert.deepEqual(ours, theirs, `${object.kind} ${String(object.metadata?.name)}`);
  }
});
