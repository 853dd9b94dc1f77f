import assert from 'node:assert/strict';
import { chmodSync, truncateSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { folder } from '../../test/folder.ts';
import { tar } from '../../test/tar.ts';
import { dig } from '../lib/json.ts';
import { maxFileSize } from './limits.ts';
import { type Loaded, type LoadOptions, load } from './load.ts';
import { positions } from './positions.ts';
import { findTool } from './tools.ts';

const object = (kind: string, name: string, more = '') => `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${more}`;
const searchPath = `${process.env.PATH}:${join(homedir(), '.cache', 'cofferdam-cluster', 'bin')}`;
const kubectl = findTool('kubectl', searchPath) ?? findTool('kustomize', searchPath);
const helm = findTool('helm', searchPath);

/** Names, with the file each came from relative to the folder. */
function shown({ resources }: Loaded, root: string): readonly string[] {
  return resources.map(({ kind, name, origin }) => `${kind} ${name} ${origin.kind === 'file' ? relative(root, origin.file) : origin.kind}`);
}

function told({ problems }: Loaded, root: string): readonly string[] {
  return problems.map(
    ({ code, level, message }) => `${level ?? 'error'} ${code}: ${message.replaceAll(`${root}/`, '').replaceAll(root, '.')}`,
  );
}

const noTools: LoadOptions = { searchPath: '' };

describe('load', () => {
  test('reads files, archives, globs and standard input in the order given', async (t) => {
    const root = folder(t, {
      'b.yaml': object('Pod', 'b'),
      'in/a.json': JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }),
      'more.tgz': gzipSync(tar([{ name: 'x/c.yaml', content: object('Pod', 'c') }])),
      'one.yaml.gz': gzipSync(object('Pod', 'd')),
    });
    const stdin = () => Readable.from([gzipSync(object('Pod', 'e'))]);
    const loaded = await load([join(root, 'more.tgz'), root, join(root, '*.gz'), '-'], { ...noTools, stdin });
    assert.deepEqual(told(loaded, root), []);
    assert.deepEqual(
      loaded.resources.map(({ name, origin }) => `${name} ${origin.kind === 'file' ? origin.file.replace(`${root}/`, '') : ''}`),
      ['c more.tgz!x/c.yaml', 'b b.yaml', 'a in/a.json', 'd one.yaml.gz', 'e -'],
    );
    assert.equal(loaded.files, 5);
  });

  test('what was named and holds no object is told; what was found is counted', async (t) => {
    const root = folder(t, { 'package.json': '{"name": "x"}', 'empty.tar': tar([]), 'pod.yaml': object('Pod', 'p') });
    assert.deepEqual(told(await load([root], noTools), root), []);
    const loaded = await load([join(root, 'package.json'), join(root, 'empty.tar')], noTools);
    assert.deepEqual(told(loaded, root), [
      'warning object/not-an-object: package.json: there is no Kubernetes object in it',
      'warning object/not-an-object: empty.tar: there is no Kubernetes object in it',
    ]);
  });

  test('unreadable files and other encodings', { skip: process.getuid?.() === 0 && 'root may read everything' }, async (t) => {
    const root = folder(t, { 'closed.yaml': 'x', 'open.yaml': object('Pod', 'p') });
    chmodSync(join(root, 'closed.yaml'), 0);
    const loaded = await load([root], noTools);
    assert.deepEqual(told(loaded, root), ['error input/unreadable: closed.yaml: permission denied']);
    assert.deepEqual(loaded.coverage[0], { source: 'manifests', state: 'partial', detail: '1 files read, 1 not readable' });
  });

  test('a file over the limit is told, and the rest is read', async (t) => {
    const root = folder(t, { 'huge.yaml': '', 'pod.yaml': object('Pod', 'p') });
    truncateSync(join(root, 'huge.yaml'), maxFileSize + 1);
    const loaded = await load([root], noTools);
    assert.deepEqual(told(loaded, root), ['error input/too-large: huge.yaml: 268435457 bytes are over the limit of 268435456']);
    assert.deepEqual(shown(loaded, root), ['Pod p pod.yaml']);
  });

  test('a document over the limit is told, and those around it are read', async (t) => {
    const huge = `apiVersion: v1\nkind: ConfigMap\ndata:\n  x: ${'y'.repeat(17 * 1024 * 1024)}\n`;
    const root = folder(t, { 'a.yaml': `${object('Pod', 'p')}---\n${huge}---\n${object('Pod', 'q')}` });
    const loaded = await load([root], noTools);
    assert.deepEqual(
      loaded.problems.map(({ code, source }) => [code, source?.line]),
      [['input/document-too-large', 6]],
    );
    assert.deepEqual(shown(loaded, root), ['Pod p a.yaml', 'Pod q a.yaml']);
  });

  test('UTF-16 is read, Latin-1 is told, and positions hold', async (t) => {
    const root = folder(t, {
      'utf16.yaml': Buffer.from(`\ufeff${object('Pod', 'p', 'spec:\n  hostPID: true\n')}`, 'utf16le'),
      'latin1.yaml': Buffer.from(object('Pod', 'q', 'spec:\n  nodeName: ü\n'), 'latin1'),
    });
    const loaded = await load([root], noTools);
    assert.deepEqual(told(loaded, root), ['warning input/not-utf8: latin1.yaml: not valid UTF-8; unreadable bytes are shown as U+FFFD']);
    const pod = loaded.resources.find((item) => item.name === 'p');
    assert.ok(pod !== undefined);
    assert.equal(positions(loaded.texts)(pod, '/spec/hostPID')?.line, 6);
  });

  test('a saved snapshot is read where it is named, with what it knows of its cluster', async (t) => {
    const saved = {
      apiVersion: 'cofferdam.dev/v1',
      kind: 'Snapshot',
      context: 'prod',
      facts: { kubernetesVersion: '1.33', versionKnown: true, live: true },
      coverage: [{ source: 'pods', state: 'read', detail: 'all' }],
      problems: [],
      objects: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'x' } }],
    };
    const root = folder(t, { 'cluster.json': JSON.stringify(saved) });
    const loaded = await load([join(root, 'cluster.json')], noTools);
    assert.deepEqual(shown(loaded, root), ['Pod p cluster']);
    assert.equal(loaded.facts?.kubernetesVersion, '1.33');
    assert.ok(loaded.coverage.some(({ source }) => source === 'pods'));
    const walked = await load([root], noTools);
    assert.deepEqual(
      [shown(walked, root), told(walked, root)],
      [[], ['note input/skipped: cluster.json: a saved snapshot; name it to have it judged']],
    );
  });
});

const overlay = {
  'base/kustomization.yaml': 'resources: [deploy.yaml, service.yaml]\n',
  'base/deploy.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: app\n        image: nginx\n',
  'base/service.yaml': object('Service', 'web'),
  'base/unlisted.yaml': object('Service', 'unlisted'),
  'prod/kustomization.yaml':
    'namePrefix: prod-\nnamespace: shop\nresources: [../base]\npatches:\n- path: patch.yaml\nconfigMapGenerator:\n- name: settings\n  files: [settings.yaml]\n',
  'prod/patch.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: app\n        securityContext:\n          privileged: true\n',
  'prod/settings.yaml': object('Pod', 'data-not-object'),
};

describe('kustomizations', () => {
  test('are rendered from the outermost, each object with its source', {
    skip: kubectl === undefined && 'neither kubectl nor kustomize is on the PATH',
  }, async (t) => {
    const root = folder(t, overlay);
    const loaded = await load([root], { searchPath });
    assert.deepEqual(told(loaded, root), []);
    assert.deepEqual([...shown(loaded, root)].sort(), [
      `ConfigMap ${loaded.resources.find(({ kind }) => kind === 'ConfigMap')?.name} prod/kustomization.yaml`,
      'Deployment prod-web base/deploy.yaml',
      'Service prod-web base/service.yaml',
      'Service unlisted base/unlisted.yaml',
    ]);
    const deployment = loaded.resources.find(({ kind }) => kind === 'Deployment');
    assert.ok(deployment !== undefined);
    assert.equal(deployment.namespace, 'shop');
    assert.equal(dig(deployment.object, 'spec', 'template', 'spec', 'containers', 0, 'securityContext', 'privileged'), true);
    const at = positions(loaded.texts)(deployment, '/spec/template/spec/containers/0/image');
    assert.deepEqual([relative(root, at?.file ?? ''), at?.line], ['base/deploy.yaml', 10]);
    const generated = loaded.resources.find(({ kind }) => kind === 'ConfigMap');
    assert.ok(generated !== undefined);
    assert.equal(positions(loaded.texts)(generated, '/data/x')?.line, 7);
    assert.deepEqual(loaded.coverage[1], { source: 'kustomizations', state: 'read', detail: '1 of 1 rendered' });
  });

  test('without a tool the folder is named, and plain files are judged as they stand, but no patches', async (t) => {
    const root = folder(t, overlay);
    const loaded = await load([root], noTools);
    assert.deepEqual(told(loaded, root), [
      'warning input/skipped: prod: kustomization not rendered: there is neither kustomize nor kubectl on the PATH',
    ]);
    assert.deepEqual(shown(loaded, root), [
      'Deployment web base/deploy.yaml',
      'Service web base/service.yaml',
      'Service unlisted base/unlisted.yaml',
    ]);
  });

  test('a patch that is named is judged', async (t) => {
    const root = folder(t, overlay);
    const loaded = await load([join(root, 'prod', 'patch.yaml')], noTools);
    assert.deepEqual(shown(loaded, root), ['Deployment web prod/patch.yaml']);
  });

  test('an overlay reaches its base outside the path given', {
    skip: kubectl === undefined && 'neither kubectl nor kustomize is on the PATH',
  }, async (t) => {
    const root = folder(t, overlay);
    const loaded = await load([join(root, 'prod', 'kustomization.yaml')], { searchPath });
    assert.ok(shown(loaded, root).includes('Deployment prod-web base/deploy.yaml'), shown(loaded, root).join());
  });

  test('what takes from the network is not run', async (t) => {
    const root = folder(t, {
      'kustomization.yaml': 'resources: [pod.yaml, "https://example.com/x.yaml"]\n',
      'pod.yaml': object('Pod', 'p'),
    });
    const loaded = await load([root], { searchPath: tool(folder(t, {}), 'kustomize', 'echo never') });
    assert.deepEqual(told(loaded, root), [
      'warning input/skipped: .: kustomization not rendered: it takes https://example.com/x.yaml from the network',
    ]);
    assert.deepEqual(shown(loaded, root), ['Pod p pod.yaml']);
  });

  for (const [what, text] of [
    ['a generator that reads from an address', 'configMapGenerator: [{name: x, files: ["a=http://127.0.0.1:8000/cm"]}]'],
    ['a patch at an address', 'patches: [{path: "http://127.0.0.1:8000/p.yaml"}]'],
    ['a schema at an address', 'openapi: {path: "http://127.0.0.1:8000/s.json"}'],
    ['a repository', 'resources: ["git::https://127.0.0.1/x"]'],
    ['a repository by its name', 'resources: [localhost/owner/name.git]'],
  ] as const)
    test(`one with ${what} is not rendered`, async (t) => {
      const root = folder(t, { 'kustomization.yaml': `${text}\n`, 'pod.yaml': object('Pod', 'p') });
      const loaded = await load([root], { searchPath: tool(folder(t, {}), 'kustomize', 'echo never') });
      assert.match(told(loaded, root).join(), /not rendered: it takes .* from the network/);
    });

  test('one that fails is told, and its files are judged as they stand', async (t) => {
    const root = folder(t, { 'kustomization.yaml': 'resources: [pod.yaml, gone.yaml]\n', 'pod.yaml': object('Pod', 'p') });
    const loaded = await load([root], { searchPath: tool(folder(t, {}), 'kustomize', 'echo "Error: gone.yaml is gone" >&2; exit 1') });
    assert.deepEqual(told(loaded, root), ['warning input/render-failed: .: kustomization could not be rendered: gone.yaml is gone']);
    assert.deepEqual(shown(loaded, root), ['Pod p pod.yaml']);
  });

  test('more than a person deploys are not rendered unasked, but those named are', async (t) => {
    const many = Object.fromEntries(
      Array.from({ length: 70 }, (_, index) => [
        [`k${index}/kustomization.yaml`, 'resources: [pod.yaml]\n'],
        [`k${index}/pod.yaml`, object('Pod', `p${index}`)],
      ]).flat(),
    );
    const root = folder(t, many);
    const bin = tool(folder(t, {}), 'kustomize', `echo "${object('Pod', 'rendered')}"`);
    const loaded = await load([root, join(root, 'k3')], { searchPath: bin });
    assert.equal(loaded.resources.filter(({ name }) => name === 'rendered').length, 1);
    assert.equal(loaded.resources.length, 70);
    assert.match(told(loaded, root).join(), /^warning input\/skipped: 69 kustomizations and charts are not rendered, more than the 16/);
    const all = await load([root], { searchPath: bin, render: 'always' });
    assert.equal(all.resources.filter(({ name }) => name === 'rendered').length, 70);
    const none = await load([join(root, 'k3')], { searchPath: bin, render: 'never' });
    assert.deepEqual(shown(none, root), ['Pod p3 k3/pod.yaml']);
  });

  test('one that only Flux reads is an object', async (t) => {
    const root = folder(t, {
      'kustomization.yaml': 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: apps\n',
    });
    assert.deepEqual(shown(await load([root], noTools), root), ['Kustomization apps kustomization.yaml']);
  });

  test('two that take each other in are tried once', async (t) => {
    const root = folder(t, { 'a/kustomization.yaml': 'resources: [../b]\n', 'b/kustomization.yaml': 'resources: [../a]\n' });
    const loaded = await load([root], { searchPath: tool(folder(t, {}), 'kustomize', 'exit 1') });
    assert.deepEqual(told(loaded, root), ['warning input/render-failed: a: kustomization could not be rendered: it ended with status 1']);
  });

  test('inside an archive they are named', async (t) => {
    const members = Object.entries(overlay).map(([name, content]) => ({ name, content }));
    const root = folder(t, { 'x.tar': tar(members) });
    const loaded = await load([join(root, 'x.tar')], { searchPath });
    assert.deepEqual(told(loaded, root), [
      'warning input/skipped: x.tar!prod: kustomization not rendered: it lies in an archive, which is not unpacked',
    ]);
    assert.deepEqual(shown(loaded, root), [
      'Deployment web x.tar!base/deploy.yaml',
      'Service web x.tar!base/service.yaml',
      'Service unlisted x.tar!base/unlisted.yaml',
    ]);
  });
});

const chart = {
  'Chart.yaml': 'apiVersion: v2\nname: Web_App\nversion: 1.0.0\n',
  'values.yaml': 'image: nginx\n',
  'templates/pod.yaml': `{{- if .Values.image }}\n${object('Pod', '{{ .Release.Name }}', 'spec:\n  containers:\n  - name: a\n    image: {{ .Values.image }}\n')}{{- end }}\n`,
  'crds/w.yaml': 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: ws.example.com\n',
};

describe('charts', () => {
  test('are rendered by Helm, each object with its template', { skip: helm === undefined && 'helm is not on the PATH' }, async (t) => {
    const root = folder(t, chart);
    const loaded = await load([root], { searchPath });
    assert.deepEqual(told(loaded, root), []);
    assert.deepEqual(shown(loaded, root), ['Pod web-app templates/pod.yaml', 'CustomResourceDefinition ws.example.com crds/w.yaml']);
    const [pod] = loaded.resources;
    assert.ok(pod !== undefined);
    assert.equal(positions(loaded.texts)(pod, '/spec/containers/0/image')?.line, 9);
  });

  test('an object that a template holds as it is stands at its own place', {
    skip: helm === undefined && 'helm is not on the PATH',
  }, async (t) => {
    const two = `${object('Service', 'one')}---\n${object('Service', 'two', 'spec:\n  type: NodePort\n')}`;
    const root = folder(t, { 'Chart.yaml': chart['Chart.yaml'], 'templates/s.yaml': two });
    const loaded = await load([root], { searchPath });
    const service = loaded.resources.find(({ name }) => name === 'two');
    assert.ok(service !== undefined);
    assert.equal(positions(loaded.texts)(service, '/spec/type')?.line, 11);
    assert.equal(positions(loaded.texts)(service, '/metadata/name')?.line, 9);
  });

  test('a packed chart is rendered as it is', { skip: helm === undefined && 'helm is not on the PATH' }, async (t) => {
    const members = Object.entries(chart).map(([name, content]) => ({ name: `web/${name}`, content }));
    const root = folder(t, { 'web-1.0.0.tgz': gzipSync(tar(members)) });
    const loaded = await load([join(root, 'web-1.0.0.tgz')], { searchPath });
    assert.deepEqual(told(loaded, root), []);
    assert.deepEqual(
      loaded.resources.map(({ kind, origin }) => `${kind} ${origin.kind === 'file' ? origin.file.replace(`${root}/`, '') : ''}`),
      ['CustomResourceDefinition web-1.0.0.tgz!web/crds/w.yaml', 'Pod web-1.0.0.tgz!web/templates/pod.yaml'],
    );
  });

  test('without Helm they are named, and templates are never judged', async (t) => {
    const root = folder(t, chart);
    const loaded = await load([root], noTools);
    assert.deepEqual(told(loaded, root), ['warning input/skipped: .: chart not rendered: there is no helm on the PATH']);
    assert.deepEqual(shown(loaded, root), ['CustomResourceDefinition ws.example.com crds/w.yaml']);
  });

  test('library charts make nothing and are passed over', async (t) => {
    const root = folder(t, { ...chart, 'Chart.yaml': 'name: lib\ntype: library\n' });
    assert.deepEqual(told(await load([root], noTools), root), []);
  });
});

describe('renderers get nothing of this machine', () => {
  test('no environment, no standard input, and the time is limited', async (t) => {
    const root = folder(t, { 'kustomization.yaml': 'resources: [pod.yaml]\n', 'pod.yaml': object('Pod', 'p') });
    const bin = tool(folder(t, {}), 'kustomize', 'echo "Error: $HOME $KUBECONFIG $1 [$(cat)] <$SECRET>" >&2; exit 1');
    process.env.SECRET = 'canary';
    const loaded = await load([root], { searchPath: bin });
    delete process.env.SECRET;
    assert.deepEqual(told(loaded, root), [
      'warning input/render-failed: .: kustomization could not be rendered: /nonexistent /nonexistent build [] <>',
    ]);
  });
});

/** Puts a shell script into a folder and gives a search path of that folder alone. */
function tool(bin: string, name: string, script: string): string {
  writeFileSync(join(bin, name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
  return bin;
}
