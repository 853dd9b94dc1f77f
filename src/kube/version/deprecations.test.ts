import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownReleases, loadSchemas } from '../schema/load.ts';
import type { Release } from '../schema/release.ts';
import { apiLifecycles, lifecycleOf } from './deprecations.ts';
import { compareReleases, stabilityOf } from './version.ts';

const releases = new Map<string, Release>();
for (const minor of knownReleases) {
  const release = await loadSchemas(minor);
  assert.ok(release !== undefined);
  releases.set(minor, release);
}

test('a kind appears once per API version, and its dates are in order', () => {
  const names = apiLifecycles.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`);
  assert.equal(names.length, new Set(names).size);
  for (const { apiVersion, kind, introduced, deprecated, removed } of apiLifecycles) {
    const dates = [introduced, deprecated, removed].filter((date) => date !== undefined);
    assert.deepEqual(dates.toSorted(compareReleases), dates, `${apiVersion} ${kind}`);
  }
});

for (const [minor, release] of releases) {
  test(`release ${minor} serves what is not yet removed, and nothing that is`, () => {
    const wrong: string[] = [];
    for (const { apiVersion, kind, introduced, removed } of apiLifecycles) {
      const served = release.resourceOf(apiVersion, kind) !== undefined;
      const expected = compareReleases(introduced, minor) <= 0 && (removed === undefined || compareReleases(removed, minor) > 0);
      if (served !== expected) wrong.push(`${apiVersion} ${kind} is ${served ? '' : 'not '}served`);
    }
    assert.deepEqual(wrong, []);
  });

  test(`everything that later releases than ${minor} drop is in the table`, () => {
    const newest = releases.get(knownReleases[0] ?? '');
    const dropped = release.apiVersions
      .flatMap((apiVersion) => release.resources(apiVersion))
      .filter(({ name, apiVersion, kind }) => !name.includes('/') && newest?.resourceOf(apiVersion, kind) === undefined)
      .filter(({ apiVersion, kind }) => lifecycleOf(apiVersion, kind)?.removed === undefined);
    assert.deepEqual(dropped, []);
  });
}

test('a replacement is served by the release that removes, or was by the one before, and is more stable', () => {
  for (const { apiVersion, kind, removed, replacement, replacementKind } of apiLifecycles) {
    if (replacement === undefined) continue;
    const release = releases.get(removed ?? '') ?? releases.get(knownReleases[0] ?? '');
    const known = [...releases.values()].some((candidate) => candidate.resourceOf(replacement, replacementKind ?? kind) !== undefined);
    if (replacement !== 'policy/v1beta1') assert.ok(known, `${apiVersion} ${kind} -> ${replacement}`);
    assert.ok(release !== undefined);
    const order = ['alpha', 'beta', 'stable'];
    assert.ok(order.indexOf(stabilityOf(replacement)) >= order.indexOf(stabilityOf(apiVersion)), `${apiVersion} -> ${replacement}`);
  }
});
