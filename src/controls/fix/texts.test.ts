import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isKubeObject, objectsIn } from '../../kube/object.ts';
import { parseYaml } from '../../kube/yaml/parse.ts';
import { type Origin, type Resource, resource, snapshot } from '../../snapshot/snapshot.ts';
import type { Control } from '../control.ts';
import { findControl } from '../index.ts';
import { planRepairs } from './plan.ts';
import { editTexts } from './texts.ts';

function edited(texts: Readonly<Record<string, string>>, change: (origin: Origin) => Origin = (origin) => origin, hindrance?: string) {
  const controls = ['workload/privileged', 'workload/host-pid']
    .map(findControl)
    .filter((control): control is Control => control !== undefined);
  assert.equal(controls.length, 2);
  const resources = Object.entries(texts).flatMap(([file, text]) =>
    parseYaml(text, file).documents.flatMap(({ start, end, value }): readonly Resource[] =>
      isKubeObject(value)
        ? objectsIn(value).items.map(({ object, pointer }) =>
            resource(object, change({ kind: 'file', file, document: start, documentEnd: end, pointer })),
          )
        : [],
    ),
  );
  const plan = planRepairs(snapshot({ resources }), { controls, now: 0 });
  const { edits, repairs } = editTexts(plan.repairs, new Map(Object.entries(texts)), () => hindrance);
  return {
    after: Object.fromEntries(edits.map(({ file, after }) => [file, after])),
    reasons: repairs.map(({ notWritten }) => notWritten ?? 'written'),
  };
}

const pod = `# kept
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  hostPID:   true   # gone
  containers:
  - name: a
    securityContext:
      runAsUser: 7    # kept
      privileged: true
`;
const repaired = pod.replace('  hostPID:   true   # gone\n', '').replace('      privileged: true\n', '');

describe('editTexts', () => {
  test('changes the lines of the repair and no other', () => {
    assert.deepEqual(edited({ 'a.yaml': pod }), { after: { 'a.yaml': repaired }, reasons: ['written', 'written'] });
  });

  test('several documents of one file, each in its place', () => {
    const text = `${pod}---\na: 1\n---\n${pod}`;
    assert.deepEqual(edited({ 'a.yaml': text }).after, { 'a.yaml': `${repaired}---\na: 1\n---\n${repaired}` });
  });

  test('the items of a list', () => {
    const item = (text: string) => text.slice('# kept\n'.length).replace(/^/gm, '  ').replace('  apiVersion', '- apiVersion').trimEnd();
    const list = (text: string) => `apiVersion: v1\nkind: List\nitems:\n${item(text)}\n${item(text)}\n`;
    assert.deepEqual(edited({ 'a.yaml': list(pod) }).after, { 'a.yaml': list(repaired) });
  });

  test('JSON', () => {
    const json = '{"apiVersion":"v1","kind":"Pod",\n "spec":{"hostPID":true,"containers":[]}}\n';
    assert.deepEqual(edited({ 'a.json': json }).after, { 'a.json': '{"apiVersion":"v1","kind":"Pod",\n "spec":{"containers":[]}}\n' });
  });

  test('a file that needs nothing is not among the edits', () => {
    assert.deepEqual(edited({ 'a.yaml': repaired, 'b.yaml': pod }).after, { 'b.yaml': repaired });
  });

  test('what is shared by an anchor is only shown', () => {
    const text = pod.replace('securityContext:\n', 'securityContext: &one\n').concat('  - name: b\n    securityContext: *one\n');
    const { after, reasons } = edited({ 'a.yaml': text });
    assert.deepEqual(after, { 'a.yaml': text.replace('  hostPID:   true   # gone\n', '') });
    assert.equal(reasons.filter((reason) => reason === 'written').length, 1);
  });

  const elsewhere: readonly (readonly [string, (origin: Origin) => Origin, string | undefined, string])[] = [
    [
      'rendered',
      (origin) => (origin.kind === 'file' ? { ...origin, rendered: 'overlays/prod' } : origin),
      undefined,
      'it was rendered from overlays/prod',
    ],
    ['read from a cluster', () => ({ kind: 'cluster', context: 'c', resourceVersion: '1' }), undefined, 'it was read from a cluster'],
    ['in no file', () => ({ kind: 'memory' }), undefined, 'it was not read from a file'],
    [
      'of a text that is gone',
      (origin) => (origin.kind === 'file' ? { ...origin, file: 'gone' } : origin),
      undefined,
      'its text is not known',
    ],
    ['in a file that changed', (origin) => origin, 'it changed since it was read', 'it changed since it was read'],
  ];
  for (const [name, change, hindrance, reason] of elsewhere)
    test(`an object ${name} is only shown`, () => {
      assert.deepEqual(edited({ 'a.yaml': pod }, change, hindrance), { after: {}, reasons: [reason, reason] });
    });
});
