// Older releases: a real server of 1.36 that emulates one, and ours with the release's schemas and feature gates, are asked the same creates:
// objects with fields behind gates, and odd changes of them. More by hand: `RUNS=3000 SEED=7 node test/run.ts releases`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Schema } from '../../src/kube/schema/schema.ts';
import { isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { assertCreatedAlike, pathOf, serverOf } from './answered-alike.ts';
import { realCluster } from './cluster.ts';
import { gatedObjects } from './gated-objects.ts';
import { oddChanges } from './odd-changes.ts';
import { validObjects } from './valid-objects.ts';

/** The part of a value that a release knows: a server that emulates it knows the fields of its own release. */
function known(value: Json, schema: Schema | undefined): Json {
  if (schema === undefined || schema.preserveUnknownFields === true) return value;
  if (Array.isArray(value)) return value.map((item: Json) => known(item, schema.items));
  if (!isObject(value)) return value;
  const { properties, additionalProperties } = schema;
  const entries = Object.entries(value).filter(([key]) => properties === undefined || properties.has(key));
  return Object.fromEntries(entries.map(([key, item]) => [key, known(item ?? null, properties?.get(key) ?? additionalProperties)]));
}

/** What changed without a gate: there ours answers as the release itself did, a server that emulates it as 1.36 does (`request/release-changes.ts`). */
const ungated = /"RestartContainer"|"Gt"|"Lt"|"010\.|externalIPs|PreferClose|reclaimPolicy/;

for (const minor of ['1.33', '1.35'])
  test(`creates are answered as a server that emulates ${minor} answers them`, async (t) => {
    const cluster = await realCluster(t, { emulatedVersion: minor });
    if (cluster === undefined) return;
    const namespace = await cluster.namespace('release');
    const writing = await serverOf(minor, namespace);
    const { release } = writing.server;
    const bases = [...gatedObjects, ...validObjects].flatMap((object) => {
      const { apiVersion, kind } = object as { readonly apiVersion: string; readonly kind: string };
      const [path, schema] = [pathOf(object, writing, namespace), release.schemaOf(apiVersion, kind)];
      return path === undefined || schema === undefined || ungated.test(JSON.stringify(object))
        ? []
        : [{ path, schema, object: known(object, schema) as JsonObject }];
    });
    assert.ok(bases.length > 60);
    for (const { path, object } of bases) await assertCreatedAlike(cluster, writing, path, object);
    const odd = fc
      .constantFrom(...bases)
      .chain(({ path, schema, object }) => fc.record({ path: fc.constant(path), body: oddChanges(object, schema) }))
      // What has no name is called by chance.
      .filter(
        ({ body }) =>
          !ungated.test(JSON.stringify(body)) &&
          (body.metadata as JsonObject | null)?.generateName === undefined &&
          body.kind !== 'LimitRange',
      );
    const alike = fc.asyncProperty(odd, ({ path, body }) => assertCreatedAlike(cluster, writing, path, body));
    await fc.assert(alike, {
      numRuns: Number(process.env.RUNS ?? 60),
      endOnFailure: true,
      includeErrorInReport: true,
      seed: Number(process.env.SEED ?? 1),
    });
  });
