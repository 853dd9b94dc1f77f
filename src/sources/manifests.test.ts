import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ReadOptions, readManifests } from './manifests.ts';
import { positions } from './positions.ts';

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`;
const json = (name: string) => JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name } });

function read(text: string, options: ReadOptions = {}, file = 'f.yaml') {
  const { resources, problems, others } = readManifests(text, file, new Map(), options);
  return {
    names: resources.map(({ name }) => name),
    problems: problems.map(({ code, level, source }) => `${level ?? 'error'} ${code}:${source?.line}`),
    others,
    resources,
  };
}

interface Row {
  readonly name: string;
  readonly text: string;
  readonly options?: ReadOptions;
  readonly file?: string;
  readonly names: readonly string[];
  readonly problems?: readonly string[];
  readonly others?: number;
}

const rows: readonly Row[] = [
  { name: 'documents of one text', text: `${pod('a')}---\n${pod('b')}`, names: ['a', 'b'] },
  {
    name: 'a broken document hides no other',
    text: `${pod('a')}---\na: [\n---\n${pod('b')}`,
    names: ['a', 'b'],
    problems: ['error yaml/syntax:6'],
  },
  { name: 'JSON values one after another', text: `${json('a')}\n${json('b')}${json('c')}`, file: 'f.json', names: ['a', 'b', 'c'] },
  { name: 'JSON with a brace in a string', text: `${json('a}{"')} ${json('b')}`, file: 'f.json', names: ['a}{"', 'b'] },
  {
    name: 'a template among manifests is told once',
    text: `${pod('a')}---\nkind: {{ .Kind }}\n---\n{{- if x }}\n${pod('b')}---\n${pod('c')}`,
    names: ['a', 'c'],
    problems: ['note input/template:6'],
  },
  {
    name: 'a template that was named is an error',
    text: 'kind: {{ .Kind }}\n',
    options: { named: true },
    names: [],
    problems: ['error input/template:1'],
  },
  { name: 'quoted template actions are values', text: pod('"{{ .Release.Name }}"'), names: ['{{ .Release.Name }}'] },
  { name: 'values files are counted', text: 'replicas: 3\n', names: [], others: 1 },
  {
    name: 'settings with comments in a JSON file are counted',
    text: '{ // yes\n "a": [1,,] }',
    file: 'tsconfig.json',
    names: [],
    others: 1,
  },
  {
    name: 'the same, named, is told',
    text: '{ // yes\n "a": [1,,] }',
    file: 'tsconfig.json',
    options: { named: true },
    names: [],
    problems: ['error yaml/syntax:2'],
  },
  {
    name: 'kustomize configuration is no object',
    text: 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
    names: [],
    others: 1,
  },
  { name: 'results of this program are no objects', text: '{"apiVersion":"cofferdam.dev/v1","kind":"ScanResult"}', names: [], others: 1 },
  { name: 'unknown kinds are kept', text: 'apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: w\n', names: ['w'] },
  {
    name: 'items of a list, one of them no object',
    text: 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n- 7\n',
    names: ['a'],
    problems: ['error object/not-an-object:1'],
  },
  {
    name: 'metadata of another shape',
    text: 'apiVersion: v1\nkind: Pod\nmetadata: text\n',
    names: [],
    problems: ['error object/not-an-object:1'],
  },
  { name: 'nothing at all', text: '# only a comment\n---\n', names: [] },
  { name: 'a byte order mark', text: `\ufeff${pod('a')}`, names: ['a'] },
];

describe('readManifests', () => {
  for (const row of rows)
    test(row.name, () => {
      const { names, problems, others } = read(row.text, row.options, row.file);
      assert.deepEqual({ names, problems, others }, { names: row.names, problems: row.problems ?? [], others: row.others ?? 0 });
    });
});

describe('long lists are read item by item', () => {
  const filler = 'x'.repeat(1000);
  const items = Array.from({ length: 1500 }, (_, index) => ({
    metadata: { name: `p${index}`, annotations: { note: filler } },
    spec: { hostPID: true },
  }));
  const yaml = (kind: string, own: string) =>
    `apiVersion: v1\nitems:\n${items.map(({ metadata }) => `- ${own}metadata:\n    name: ${metadata.name}\n    annotations:\n      note: ${filler}\n      text: |\n        - a\n\n        kind: x\n  spec:\n    hostPID: true\n`).join('')}kind: ${kind}\nmetadata: {}\n`;
  const texts: readonly (readonly [string, string, string])[] = [
    [
      'JSON as kubectl prints it',
      'l.json',
      JSON.stringify({ apiVersion: 'v1', items: items.map((item) => ({ apiVersion: 'v1', kind: 'Pod', ...item })), kind: 'List' }, null, 4),
    ],
    ['JSON of a typed list', 'l.json', JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items })],
    ['YAML as kubectl prints it', 'l.yaml', yaml('List', 'apiVersion: v1\n  kind: Pod\n  ')],
    ['YAML of a typed list', 'l.yaml', yaml('PodList', '')],
  ];
  for (const [name, file, text] of texts)
    test(name, () => {
      const { names, problems, resources } = read(text, {}, file);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        names,
        items.map((item) => item.metadata.name),
      );
      const last = resources[1499];
      assert.ok(last !== undefined && last.kind === 'Pod' && last.origin.kind === 'file');
      assert.ok(last.origin.documentEnd - last.origin.document < 2000, 'each item is a document of its own');
      const at = positions(new Map([[file, text]]))(last, '/spec/hostPID');
      assert.match(text.split('\n')[(at?.line ?? 0) - 1]?.slice((at?.column ?? 0) - 1) ?? '', /^"?hostPID/);
    });

  test('a list whose items name anchors of one another is read whole', () => {
    const text = yaml('List', 'apiVersion: v1\n  kind: Pod\n  ')
      .replace('hostPID: true', 'hostPID: &yes true')
      .replaceAll('hostPID: true', 'hostPID: *yes');
    const { names, problems } = read(text);
    assert.deepEqual([names.length, problems], [1500, []]);
  });

  test('a second list of items in the same object wins, as in JSON', () => {
    const long = JSON.stringify(items.map((item) => ({ apiVersion: 'v1', kind: 'Pod', ...item })));
    assert.deepEqual(read(`{"apiVersion":"v1","kind":"List","items":${long},"items":[${json('last')}]}`, {}, 'l.json').names, ['last']);
  });

  test('something with items that is no list', () => {
    assert.deepEqual(
      read(JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Menu', metadata: { name: 'm' }, items }), {}, 'l.json').names,
      ['m'],
    );
  });
});

describe('definitions of custom resources are read when someone asks', () => {
  const long = (metadata: string) =>
    `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n${metadata}spec:\n  scope: Cluster\n  text: ${'x'.repeat(5000)}\n`;

  test('name and kind are known before', () => {
    const [definition] = read(long('  annotations:\n    a: b\n  name: widgets.example.com\n')).resources;
    assert.equal(definition?.name, 'widgets.example.com');
    assert.equal(definition?.kind, 'CustomResourceDefinition');
    assert.deepEqual(definition?.object.spec !== undefined, true);
  });

  test('blank lines without end do not slow it down', () => {
    const start = performance.now();
    read(long(`  a: b\r\n${'   \r\n'.repeat(50_000)}`));
    read(long(`${'   \n'.repeat(50_000)}  Name: x\n`));
    assert.ok(performance.now() - start < 5000);
  });
});
