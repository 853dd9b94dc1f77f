import assert from 'node:assert/strict';
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { folder } from '../../../test/folder.ts';
import { hindranceOf, writeEdit } from './write.ts';

describe('writeEdit', () => {
  test('replaces the text, keeps the rights and leaves nothing beside it', (t) => {
    const root = folder(t, { 'a.yaml': 'a: 1\n' });
    const file = join(root, 'a.yaml');
    chmodSync(file, 0o640);
    assert.equal(writeEdit({ file, before: 'a: 1\n', after: 'a: 2\n' }), undefined);
    assert.equal(readFileSync(file, 'utf8'), 'a: 2\n');
    assert.equal(statSync(file).mode & 0o7777, 0o640);
    assert.deepEqual(readdirSync(root), ['a.yaml']);
  });

  test('keeps the encoding', (t) => {
    const root = folder(t, { 'a.yaml': Buffer.from('\ufeffa: 1\n', 'utf16le') });
    const file = join(root, 'a.yaml');
    assert.equal(writeEdit({ file, before: '\ufeffa: 1\n', after: '\ufeffa: ü\n' }), undefined);
    assert.deepEqual(readFileSync(file), Buffer.from('\ufeffa: ü\n', 'utf16le'));
  });

  test('writes behind a symbolic link', (t) => {
    const root = folder(t, { 'real/a.yaml': 'a: 1\n' });
    const link = join(root, 'link.yaml');
    symlinkSync(join(root, 'real', 'a.yaml'), link);
    assert.equal(writeEdit({ file: link, before: 'a: 1\n', after: 'a: 2\n' }), undefined);
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.equal(readFileSync(join(root, 'real', 'a.yaml'), 'utf8'), 'a: 2\n');
  });

  test('touches nothing that changed since it was read', (t) => {
    const root = folder(t, { 'a.yaml': 'a: 1\n' });
    const file = join(root, 'a.yaml');
    writeFileSync(file, 'a: 7\n');
    assert.match(writeEdit({ file, before: 'a: 1\n', after: 'a: 2\n' })?.message ?? '', /changed since it was read/);
    assert.equal(readFileSync(file, 'utf8'), 'a: 7\n');
  });

  test('leaves everything as it was where the folder cannot be written', (t) => {
    const root = folder(t, { 'a.yaml': 'a: 1\n' });
    const file = join(root, 'a.yaml');
    writeFileSync(join(root, `.a.yaml.${process.pid}.tmp`), 'in the way');
    assert.match(writeEdit({ file, before: 'a: 1\n', after: 'a: 2\n' })?.message ?? '', /not written/);
    assert.equal(readFileSync(file, 'utf8'), 'a: 1\n');
  });
});

describe('hindranceOf', () => {
  test('says why a file cannot be repaired in place', (t) => {
    const root = folder(t, { 'latin1.yaml': Buffer.from('a: ü', 'latin1'), 'a.yaml': 'a' });
    assert.equal(hindranceOf(join(root, 'a.yaml'), 'a'), undefined);
    assert.match(hindranceOf(join(root, 'latin1.yaml'), 'a: \ufffd') ?? '', /not valid text/);
    assert.match(hindranceOf(join(root, 'x.tgz!a.yaml'), 'a') ?? '', /no file/);
    assert.match(hindranceOf('-', 'a') ?? '', /no file/);
    assert.match(hindranceOf(root, 'a') ?? '', /no ordinary file/);
  });
});
