import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { folder } from '../../test/folder.ts';
import { walk } from './walk.ts';

interface Row {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Link name to target, both inside the folder. */
  readonly links?: Readonly<Record<string, string>>;
  readonly paths: readonly string[];
  readonly found: readonly string[];
  readonly codes?: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: 'a folder gives its manifests in the order of names',
    files: { 'b.yml': '', 'a.yaml': '', 'c/d.json': '', 'e.txt': '' },
    paths: ['.'],
    found: ['a.yaml', 'b.yml', 'c/d.json'],
  },
  { name: 'a named file is taken whatever its name', files: { 'pod.txt': '' }, paths: ['pod.txt'], found: ['pod.txt'] },
  { name: 'a folder given twice is read once', files: { 'a.yaml': '' }, paths: ['.', './', 'a.yaml'], found: ['a.yaml'] },
  { name: 'a file with two names is read once', files: { 'a.yaml': '' }, links: { 'b.yaml': 'a.yaml' }, paths: ['.'], found: ['a.yaml'] },
  {
    name: 'a link out of the folder is told and not followed',
    files: { 'in/a.yaml': '', 'other/b.yaml': '', 'c.yaml': '' },
    links: { 'in/out': 'other', 'in/c.yaml': 'c.yaml' },
    paths: ['in'],
    found: ['in/a.yaml'],
    codes: ['input/skipped', 'input/skipped'],
  },
  { name: 'a linked folder is read', files: { 'a/x.yaml': '' }, links: { l: 'a' }, paths: ['l'], found: ['l/x.yaml'] },
  {
    name: 'a link to a folder above it ends the way',
    files: { 'a/x.yaml': '' },
    links: { 'a/up': '.' },
    paths: ['.'],
    found: ['a/x.yaml'],
    codes: ['input/symlink-loop'],
  },
  {
    name: 'two links that lead to each other lead nowhere',
    files: { 'x.yaml': '' },
    links: { 'p.yaml': 'q.yaml', 'q.yaml': 'p.yaml' },
    paths: ['.'],
    found: ['x.yaml'],
    codes: ['input/unreadable', 'input/unreadable'],
  },
  {
    name: 'a link that leads nowhere',
    files: { 'x.yaml': '' },
    links: { 'p.yaml': 'gone.yaml', other: 'gone' },
    paths: ['.'],
    found: ['x.yaml'],
    codes: ['input/unreadable'],
  },
  {
    name: 'folders of tools are passed over',
    files: { '.git/x.yaml': '', 'node_modules/x.yaml': '', 'y.yaml': '' },
    paths: ['.'],
    found: ['y.yaml'],
  },
  {
    name: 'a glob gives what it matches, archives too',
    files: { 'a.yaml': '', 'b.tgz': '', 'c.txt': '', 'd/e.yaml': '' },
    paths: ['*'],
    found: ['a.yaml', 'b.tgz', 'd/e.yaml'],
  },
  {
    name: 'a glob over folders',
    files: { 'a/x.yaml': '', 'b/x.yaml': '', 'b/y.yaml': '' },
    paths: ['**/x.yaml'],
    found: ['a/x.yaml', 'b/x.yaml'],
  },
  { name: 'archives inside a folder are not opened', files: { 'a.tgz': '', 'b.yaml': '' }, paths: ['.'], found: ['b.yaml'] },
  {
    name: 'a path that is not there',
    files: {},
    paths: ['gone.yaml', 'no/*.yaml'],
    found: [],
    codes: ['input/not-found', 'input/not-found'],
  },
  {
    name: 'a chart is one thing, and its plain files are others',
    files: { 'c/Chart.yaml': '', 'c/values.yaml': '', 'c/templates/d.yaml': '', 'c/charts/s/Chart.yaml': '', 'c/crds/x.yaml': '' },
    paths: ['.'],
    found: ['chart c', 'c/crds/x.yaml'],
  },
  {
    name: 'kustomizations count without an ending',
    files: { Kustomization: '', 'x/kustomization.yml': '' },
    paths: ['.'],
    found: ['Kustomization', 'x/kustomization.yml'],
  },
  { name: 'standard input', files: {}, paths: ['-'], found: ['-'] },
];

describe('walk', () => {
  for (const { name, files, links = {}, paths, found, codes = [] } of rows)
    test(name, (t) => {
      const root = folder(t, files);
      for (const [link, target] of Object.entries(links)) symlinkSync(join(root, target), join(root, link));
      const result = walk(paths.map((path) => (path === '-' ? path : join(root, path))));
      const shown = result.found.map(
        ({ kind, path }) => `${kind === 'chart' ? 'chart ' : ''}${path === '-' ? path : relative(root, path)}`,
      );
      assert.deepEqual(shown, found);
      assert.deepEqual(
        result.problems.map(({ code }) => code),
        codes,
      );
    });
});

test('paths are shown as they were given, tidied', () => {
  const here = join(import.meta.dirname, '..', '..');
  const before = process.cwd();
  process.chdir(here);
  try {
    const shown = walk(['./examples/../examples/']).found.map(({ path }) => path);
    assert.ok(shown.length > 0 && shown.every((path) => path.startsWith('examples/')), shown[0]);
    assert.ok(walk(['.']).found.every(({ path }) => !path.startsWith('./')));
  } finally {
    process.chdir(before);
  }
});
