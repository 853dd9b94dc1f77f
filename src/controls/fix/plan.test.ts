import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import { dig, type JsonObject } from '../../lib/json.ts';
import { resource, snapshot } from '../../snapshot/snapshot.ts';
import { type Control, control, fail, pods } from '../control.ts';
import { findControl } from '../index.ts';
import { removeField, setField } from '../repair.ts';
import { runControls } from '../run.ts';
import { planRepairs } from './plan.ts';

const pod = (spec: JsonObject): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'x' }, spec });

function planned(object: KubeObject, controls: readonly Control[], skip?: (id: string) => boolean) {
  const before = snapshot({ resources: [resource(object, { kind: 'memory' })] });
  const plan = planRepairs(before, { controls, now: 0, ...(skip === undefined ? {} : { skip: (finding) => skip(finding.control) }) });
  const left = runControls(plan.after, { controls, now: 0 }).findings.filter(({ outcome }) => outcome.verdict === 'fail');
  return {
    steps: plan.repairs.map(({ control, patch }) => `${control.id} ${patch.map(({ op, path }) => `${op} ${path}`).join(', ')}`),
    after: plan.after.resources[0]?.object,
    left,
  };
}

const base = {
  aliases: [],
  severity: 'high',
  title: 't',
  why: 'w',
  fix: 'f',
  frameworks: [],
  examples: { pass: () => [], fail: () => [] },
} as const;

/** Wants a field of every container to have a value. */
const wants = (id: string, field: string, value: boolean) =>
  control({
    ...base,
    id,
    on: pods,
    check: ({ containers }) =>
      containers.flatMap((one) =>
        dig(one.spec, 'securityContext', field) === value
          ? []
          : [fail(one.at(`/securityContext/${field}`), 'unset', `${one.name}`, { container: one.name })],
      ),
    repair: ({ path }, object) => setField(object, path, value),
  });

/** Wants a list of words to be empty, and removes one item at a time. */
const noItems = control({
  ...base,
  id: 'test/no-items',
  on: pods,
  check: ({ pod: { spec, at } }) =>
    Array.isArray(spec.words) ? spec.words.map((word, index) => fail(at(`/words/${index}`), 'word', String(word))) : [],
  repair: ({ path }, object) => removeField(object, path),
});

describe('planRepairs', () => {
  test('repairs of one parent follow each other', () => {
    const { steps, left, after } = planned(pod({ containers: [{ name: 'a' }] }), [
      wants('test/one', 'runAsNonRoot', true),
      wants('test/two', 'privileged', false),
    ]);
    assert.deepEqual(steps, [
      'test/one add /spec/containers/0/securityContext',
      'test/two add /spec/containers/0/securityContext/privileged',
    ]);
    assert.deepEqual(left, []);
    assert.deepEqual(dig(after, 'spec', 'containers', 0, 'securityContext'), { runAsNonRoot: true, privileged: false });
  });

  test('all containers are repaired in one round', () => {
    const { steps, left } = planned(pod({ containers: [{ name: 'a' }, { name: 'b' }], initContainers: [{ name: 'c' }] }), [
      wants('test/one', 'x', true),
    ]);
    assert.deepEqual([steps.length, left], [3, []]);
  });

  test('items of a list go one by one, each found anew', () => {
    const { steps, left, after } = planned(pod({ words: ['a', 'b', 'c'], containers: [] }), [noItems]);
    assert.deepEqual(steps, Array(3).fill('test/no-items remove /spec/words/0'));
    assert.deepEqual([left, dig(after, 'spec', 'words')], [[], []]);
  });

  test('two controls that want opposite things end', () => {
    const { steps } = planned(pod({ containers: [{ name: 'a' }] }), [wants('test/yes', 'x', true), wants('test/no', 'x', false)]);
    assert.deepEqual(steps, ['test/yes add /spec/containers/0/securityContext', 'test/no replace /spec/containers/0/securityContext/x']);
  });

  test('a repair that repairs nothing is made once', () => {
    const useless = control({
      ...base,
      id: 'test/useless',
      on: pods,
      check: () => [fail('/spec', 'always', 'always')],
      repair: (_outcome, object) => setField(object, '/spec/touched', (Number(dig(object, 'spec', 'touched')) || 0) % 2 === 0 ? 1 : 2),
    });
    assert.ok(planned(pod({ containers: [] }), [useless]).steps.length <= 3);
  });

  test('a repair that throws is left out', () => {
    const broken = control({
      ...base,
      id: 'test/broken',
      on: pods,
      check: () => [fail('/spec', 'always', 'always')],
      repair: () => {
        throw new Error('bug');
      },
    });
    assert.deepEqual(planned(pod({ containers: [{ name: 'a' }] }), [broken, wants('test/one', 'x', true)]).steps.length, 1);
  });

  test('what is waived stays', () => {
    assert.deepEqual(planned(pod({ containers: [{ name: 'a' }] }), [wants('test/one', 'x', true)], (id) => id === 'test/one').steps, []);
  });

  test('a real control, through a workload of every kind of container', () => {
    const privileged = findControl('workload/privileged');
    assert.ok(privileged !== undefined);
    const bad = { securityContext: { privileged: true } };
    const { left, steps } = planned(pod({ containers: [{ name: 'a', ...bad }], initContainers: [{ name: 'b', ...bad }] }), [privileged]);
    assert.deepEqual([steps.length, left], [2, []]);
  });
});
