import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupVersion } from './object.ts';
import { knownReleases, loadSchemas } from './schema/load.ts';
import { isNamespaced } from './scope.ts';

for (const minor of knownReleases)
  test(`the scope of every kind that release ${minor} serves`, async () => {
    const release = await loadSchemas(minor);
    assert.ok(release !== undefined);
    const wrong = release.apiVersions
      .flatMap((apiVersion) => release.resources(apiVersion))
      .filter(({ name }) => !name.includes('/'))
      .filter(({ apiVersion, kind, namespaced }) => isNamespaced(groupVersion(apiVersion).group, kind) !== namespaced)
      .map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
    assert.deepEqual(wrong, []);
  });

test('custom kinds are not known here', () => {
  assert.equal(isNamespaced('example.com', 'Widget'), undefined);
  assert.equal(isNamespaced('gateway.networking.k8s.io', 'GatewayClass'), false);
});
