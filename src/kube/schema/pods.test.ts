// The pod model must know every built-in kind whose published schema holds a pod.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';
import type { KubeObject } from '../object.ts';
import { podsOf } from '../pod/lower.ts';
import { knownReleases, loadSchemas } from './load.ts';
import type { Schema } from './schema.ts';

/** Where a kind keeps the specs of pods. */
function podSpecs(schema: Schema, path: readonly string[], depth = 0): readonly (readonly string[])[] {
  if (schema.definition === 'core.v1.PodSpec') return [path];
  if (depth > 6) return [];
  return [...(schema.properties ?? [])].flatMap(([key, field]) => podSpecs(field, [...path, key], depth + 1));
}

for (const minor of knownReleases)
  test(`the pods of every kind of release ${minor}`, async () => {
    const release = await loadSchemas(minor);
    assert.ok(release !== undefined);
    const pod: Json = { containers: [{ name: 'app', image: 'app' }] };
    let found = 0;
    for (const apiVersion of release.apiVersions)
      for (const { name, kind } of release.resources(apiVersion)) {
        const schema = release.schemaOf(apiVersion, kind);
        if (name.includes('/') || schema === undefined) continue;
        for (const path of podSpecs(schema, [])) {
          const object = { apiVersion, kind, ...(path.reduceRight<Json>((inner, key) => ({ [key]: inner }), pod) as object) } as KubeObject;
          assert.deepEqual(
            podsOf(object).map((found) => found.path),
            [pointer(...path)],
            `${apiVersion} ${kind}`,
          );
          found++;
        }
      }
    assert.ok(found >= 9, `${found} kinds with pods`);
  });
