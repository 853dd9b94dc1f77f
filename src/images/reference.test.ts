// Every row was answered the same by distribution/reference 0.6.0 with go-digest, as were 200,000 random names and every image of the corpus.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { imageName, isDigest, isWithin, parseReference } from './reference.ts';

const sha256 = `sha256:${'a'.repeat(64)}`;
const sha512 = `sha512:${'b'.repeat(128)}`;

type Parts = readonly [registry: string, repository: string, tag?: string | undefined, digest?: string];

const names: Readonly<Record<string, Parts>> = {
  nginx: ['docker.io', 'library/nginx'],
  'nginx:1.25': ['docker.io', 'library/nginx', '1.25'],
  [`nginx@${sha256}`]: ['docker.io', 'library/nginx', undefined, sha256],
  [`nginx:1.25@${sha256}`]: ['docker.io', 'library/nginx', '1.25', sha256],
  [`nginx:latest@${sha512}`]: ['docker.io', 'library/nginx', 'latest', sha512],
  'library/nginx': ['docker.io', 'library/nginx'],
  'grafana/grafana:11.0.0': ['docker.io', 'grafana/grafana', '11.0.0'],
  'docker.io/nginx': ['docker.io', 'library/nginx'],
  'index.docker.io/grafana/grafana': ['docker.io', 'grafana/grafana'],
  'docker.io': ['docker.io', 'library/docker.io'],
  'registry.example.com:5000/team/app:v1': ['registry.example.com:5000', 'team/app', 'v1'],
  'localhost/app': ['localhost', 'app'],
  'localhost:5000/app': ['localhost:5000', 'app'],
  'localhost:5000': ['docker.io', 'library/localhost', '5000'],
  '127.0.0.1:5000/busybox': ['127.0.0.1:5000', 'busybox'],
  '[2001:db8::1]:5000/app:1': ['[2001:db8::1]:5000', 'app', '1'],
  'reg.example.com.evil.io/app': ['reg.example.com.evil.io', 'app'],
  'Upper/app': ['Upper', 'app'],
  'app:Tag': ['docker.io', 'library/app', 'Tag'],
  'a/b/c/d/e': ['docker.io', 'a/b/c/d/e'],
  app__x: ['docker.io', 'library/app__x'],
  'app--x': ['docker.io', 'library/app--x'],
  'foo.bar_baz/x': ['', 'foo.bar_baz/x'],
  'xn--e1afmkfd.com/app': ['xn--e1afmkfd.com', 'app'],
  [`ex.com/${'a'.repeat(255)}`]: ['ex.com', 'a'.repeat(255)],
  [`app:${'t'.repeat(128)}`]: ['docker.io', 'library/app', 't'.repeat(128)],
};

const faults: Readonly<Record<string, string>> = {
  '': 'empty',
  ['a'.repeat(64)]: 'hex-name',
  Nginx: 'upper-case',
  'foo.com/UPPER': 'upper-case',
  IMAGE_PLACEHOLDER: 'upper-case',
  [`ex.com/${'a'.repeat(256)}`]: 'too-long',
  [`app@sha256:${'a'.repeat(63)}`]: 'bad-digest',
  [`app@sha256:${'A'.repeat(64)}`]: 'bad-digest',
  [`app@blake3:${'a'.repeat(64)}`]: 'bad-digest',
  'app@custom-algorithm:a': 'bad-digest',
  'app@': 'bad-digest',
  [`nginx@${sha256}@${sha256}`]: 'bad-digest',
  'app:': 'malformed',
  'app:-tag': 'malformed',
  [`app:${'t'.repeat(129)}`]: 'malformed',
  'a//b': 'malformed',
  '/app': 'malformed',
  'app/': 'malformed',
  'app..x': 'malformed',
  app___x: 'malformed',
  '-app': 'malformed',
  'foo-.com/x': 'malformed',
  'foo.com:abc/x': 'malformed',
  'foo.com:5000/x:1:2': 'malformed',
  'foo.com/../x': 'malformed',
  'https://reg.example.com/app': 'malformed',
  'user:pass@reg.example.com/app': 'malformed',
  'nginx ': 'malformed',
  'nginx\n': 'malformed',
  'ko://example.com/cmd/app': 'malformed',
  'пример.com/app': 'malformed',
};

describe('image names', () => {
  for (const [text, [registry, repository, tag, digest]] of Object.entries(names))
    test(`${text.slice(0, 60)} is read`, () =>
      assert.deepEqual(parseReference(text), { ok: true, reference: { registry, repository, tag, digest } }));
  for (const [text, fault] of Object.entries(faults))
    test(`${JSON.stringify(text.slice(0, 60))} is refused: ${fault}`, () => assert.deepEqual(parseReference(text), { ok: false, fault }));

  test('a name rebuilt from its parts has the same parts', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    fc.assert(
      fc.property(part, part, fc.option(part, { nil: undefined }), (host, path, tag) => {
        const text = `${host}.example.com/${path}${tag === undefined ? '' : `:${tag}`}`;
        const parsed = parseReference(text);
        assert.ok(parsed.ok);
        assert.equal(imageName(parsed.reference) + (parsed.reference.tag === undefined ? '' : `:${parsed.reference.tag}`), text);
      }),
    );
  });

  test('long hostile names cost little', () => {
    const started = process.cpuUsage().user;
    for (const text of ['a-'.repeat(200_000), `a@${'a+'.repeat(200_000)}`, `${'a.'.repeat(200_000)}/x`, 'a/'.repeat(200_000)])
      assert.equal(parseReference(text).ok, false);
    assert.ok(process.cpuUsage().user - started < 2_000_000);
  });
});

test('digests are whole and of a known algorithm', () => {
  assert.ok(isDigest(sha256) && isDigest(sha512) && isDigest(`sha384:${'c'.repeat(96)}`));
  for (const text of ['sha256:', `sha256:${'a'.repeat(65)}`, `md5:${'d'.repeat(32)}`, `constructor:${'a'.repeat(64)}`])
    assert.ok(!isDigest(text));
});

const places: readonly (readonly [image: string, place: string, within: boolean])[] = [
  ['reg.example.com/app', 'reg.example.com', true],
  ['reg.example.com/team/app:1', 'reg.example.com/team', true],
  ['reg.example.com/team/app:1', 'reg.example.com/team/', true],
  ['reg.example.com/team', 'reg.example.com/team', true],
  ['REG.example.com/app', 'reg.example.com', true],
  ['reg.example.com.evil.io/app', 'reg.example.com', false],
  ['reg.example.community/app', 'reg.example.com', false],
  ['evilreg.example.com/app', 'reg.example.com', false],
  ['reg.example.com:5000/app', 'reg.example.com', false],
  ['reg.example.com/team-attacker/app', 'reg.example.com/team', false],
  ['evil.io/reg.example.com/app', 'reg.example.com', false],
  ['eu.gcr.io/shop/app', '*.gcr.io', true],
  ['gcr.io/shop/app', '*.gcr.io', false],
  ['evilgcr.io/shop/app', '*.gcr.io', false],
  ['nginx', 'docker.io', true],
  ['nginx', 'docker.io/library', true],
  ['nginx', 'index.docker.io', true],
  ['nginx', 'nginx', false],
  ['team/app', 'team', true],
  ['teams/app', 'team', false],
  ['docker.io.evil.io/nginx', 'docker.io', false],
];

for (const [image, place, within] of places)
  test(`${image} is ${within ? '' : 'not '}within ${place}`, () => {
    const parsed = parseReference(image);
    assert.ok(parsed.ok);
    assert.equal(isWithin(parsed.reference, place), within);
  });
