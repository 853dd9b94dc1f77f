import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareApiVersions, compareReleases, compareReleaseVersions, minorRelease, parseReleaseVersion } from './version.ts';

const ordered: readonly (readonly [string, '<' | '=', string])[] = [
  ['1.9', '<', '1.16'],
  ['v1.29.1', '=', '1.29.1-eks-abc'],
  ['1.29.1-gke.100', '<', '1.29.2'],
  ['1.0.0-alpha', '=', '1.0.0'],
  ['1.2', '=', '1.2.0.0'],
  ['1.02.3', '=', '1.2.03'],
  ['1.2a.3', '<', '1.2.3'],
  ['1.11.0', '<', '1.11.0.0.5'],
  ['v1.36.3+k3s1', '<', 'v1.37.0'],
];
for (const [a, order, b] of ordered)
  test(`release ${a} ${order} ${b}`, () => {
    assert.equal(Math.sign(compareReleases(a, b)), order === '<' ? -1 : 0);
    assert.equal(Math.sign(compareReleases(b, a)), order === '<' ? 1 : 0);
  });

for (const text of ['', '1', 'v', 'latest', '01.2', 'x1.2', `1.${'9'.repeat(30)}`])
  test(`"${text}" is no release version`, () => assert.equal(parseReleaseVersion(text), undefined));

test('the minor release of what clusters say', () => {
  assert.equal(minorRelease('v1.29.1-eks-1234'), '1.29');
  assert.equal(minorRelease('1.37'), '1.37');
  assert.equal(minorRelease('nonsense'), undefined);
});

test('API versions: stable, then beta, then alpha, then the rest', () => {
  const versions = ['v10', 'v2', 'v1', 'v11beta2', 'v10beta3', 'v3beta1', 'v12alpha1', 'v11alpha2', 'foo1', 'foo10'];
  assert.deepEqual(
    versions.toReversed().sort((a, b) => compareApiVersions(b, a)),
    versions,
  );
});

const version = fc.array(fc.bigInt(0n, 50n), { minLength: 2, maxLength: 5 }).map((components) => ({ components }));
test('the order of releases is total', () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      assert.equal(compareReleaseVersions(a, b), -compareReleaseVersions(b, a) + 0 || 0);
      if (compareReleaseVersions(a, b) <= 0 && compareReleaseVersions(b, c) <= 0) assert.ok(compareReleaseVersions(a, c) <= 0);
    }),
  );
});
