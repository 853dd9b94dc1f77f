// One suite for every control: its data are whole, its examples prove it, its repair repairs, and nothing in the catalogue collides.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import { applyJsonPatch } from '../kube/patch/json-patch.ts';
import { loadSchemas } from '../kube/schema/load.ts';
import type { Json } from '../lib/json.ts';
import { newestKnownVersion, type Resource, resource, snapshot } from '../snapshot/snapshot.ts';
import type { Control, Example } from './control.ts';
import { frameworkOf, frameworks } from './frameworks.ts';
import { catalogue } from './index.ts';
import { type RawFinding, type RunOptions, runControls } from './run.ts';

const now = Date.UTC(2026, 10, 1);
await loadSchemas(newestKnownVersion);

function resourcesOf(example: Example): readonly Resource[] {
  return example.map((object) => resource(object, { kind: 'memory' }));
}

function findings(example: Example, own: Control, controls: readonly Control[] = [own]): readonly RawFinding[] {
  const result = runControls(snapshot({ resources: resourcesOf(example) }), { controls, now, parameters: parametersOf(own) });
  assert.deepEqual(result.problems, []);
  return result.findings.filter((finding) => finding.outcome.verdict === 'fail');
}

function parametersOf(own: Control): NonNullable<RunOptions['parameters']> {
  return own.examples.parameters === undefined ? {} : { [own.id]: own.examples.parameters };
}

function names(found: readonly RawFinding[]): string {
  return [...new Set(found.map((finding) => `${finding.control.id} (${finding.outcome.detail})`))].join('; ');
}

test('ids are unique, and an alias does not repeat within a control', () => {
  const ids = catalogue.map((control) => control.id);
  assert.deepEqual(ids.length, new Set(ids).size);
  for (const control of catalogue) assert.equal(control.aliases.length, new Set(control.aliases).size, control.id);
});

for (const control of catalogue) {
  describe(control.id, () => {
    test('says what it is, why, and what to do', () => {
      assert.match(control.id, /^[a-z-]+\/[a-z0-9-]+$/);
      for (const text of [control.title, control.why, control.fix])
        assert.ok(text.length > 10 && !/[\n]/.test(text), `${control.id}: write title, why and fix as one line each`);
      assert.match(control.why, /[.]$/);
      assert.match(control.fix, /[.]$/);
      for (const id of control.frameworks) {
        const { framework, requirement } = frameworkOf(id);
        assert.ok(
          Object.hasOwn(frameworks, framework) && frameworks[framework].id.test(requirement),
          `${control.id}: no such requirement ${id}`,
        );
      }
      for (const other of control.overlaps ?? [])
        assert.ok(
          catalogue.some((entry) => entry.id === other),
          `${control.id}: overlaps names ${other}, which is no control`,
        );
    });

    test('its passing examples pass every control', () => {
      const examples = control.examples.pass();
      assert.ok(examples.length > 0, `${control.id}: give at least one passing example`);
      for (const example of examples) {
        assert.equal(names(findings(example, control)), '');
        assert.equal(names(findings(example, control, enabled(control))), '');
      }
    });

    test('its failing examples fail it and no other', () => {
      const examples = control.examples.fail();
      assert.ok(examples.length > 0, `${control.id}: give at least one failing example`);
      const allowed = new Set([control.id, ...(control.overlaps ?? [])]);
      for (const [index, example] of examples.entries()) {
        const found = findings(example, control, enabled(control));
        assert.ok(
          found.some((finding) => finding.control.id === control.id),
          `${control.id}: failing example ${index} passes`,
        );
        assert.equal(
          names(found.filter((finding) => !allowed.has(finding.control.id))),
          '',
          `${control.id}: failing example ${index} fails others too`,
        );
      }
    });

    if (control.repair !== undefined) {
      test('its repair turns a failing example to pass', () => {
        for (const example of control.examples.fail()) {
          const found = findings(example, control);
          const patchable = found.filter(
            (finding) => finding.resource !== undefined && control.repair?.(finding.outcome, finding.resource.object) !== undefined,
          );
          assert.ok(patchable.length > 0, `${control.id}: no outcome of a failing example has a patch`);
          assert.equal(
            names(findings(repaired(example, control), control).filter((finding) => patchable.some((one) => sameSubject(one, finding)))),
            '',
          );
        }
      });
    }
  });
}

function enabled(own: Control): readonly Control[] {
  return catalogue.filter((control) => control === own || control.enabled !== false);
}

/** Applies one patch at a time and looks again, as `fix` does, until nothing more can be repaired. */
function repaired(example: Example, control: Control): Example {
  let objects = [...example];
  for (let round = 0; round < 50; round++) {
    const resources = resourcesOf(objects);
    const result = runControls(snapshot({ resources }), { controls: [control], now, parameters: parametersOf(control) });
    const next = result.findings.find(
      (finding) => finding.resource !== undefined && (control.repair?.(finding.outcome, finding.resource.object)?.length ?? 0) > 0,
    );
    if (next?.resource === undefined) return objects;
    const index = resources.indexOf(next.resource);
    const patched = applyJsonPatch(next.resource.object as Json, control.repair?.(next.outcome, next.resource.object) ?? []);
    assert.ok(patched.ok, patched.ok ? '' : `${control.id}: the repair does not apply: ${patched.problem.message}`);
    objects = objects.with(index, patched.value as KubeObject);
  }
  return objects;
}

function sameSubject(a: RawFinding, b: RawFinding): boolean {
  return a.resource?.name === b.resource?.name && a.resource?.kind === b.resource?.kind && a.outcome.path === b.outcome.path;
}
