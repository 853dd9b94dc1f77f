import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue } from '../index.ts';
import { kubescapeInputs, kubescapeParameters } from './kubescape-inputs.ts';

test('every target is a setting that a control has', () => {
  for (const [key, targets] of Object.entries(kubescapeInputs))
    for (const { control: id, parameter } of targets) {
      const found = catalogue.find((control) => control.id === id);
      assert.ok(found !== undefined, `${key}: no control ${id}`);
      assert.ok(
        found.parameters !== undefined && Object.hasOwn(found.parameters, parameter),
        `${key}: ${id} has no setting "${parameter}"`,
      );
    }
});

test('settings that are always given name controls and settings that exist', () => {
  for (const [id, settings] of Object.entries(kubescapeParameters({}).parameters)) {
    const found = catalogue.find((control) => control.id === id);
    for (const name of Object.keys(settings)) assert.ok(Object.hasOwn(found?.parameters ?? {}, name), `${id} ${name}`);
  }
});

test('lists stay lists, single values are taken out, unknown keys are said', () => {
  const { parameters, unknown } = kubescapeParameters({
    publicRegistries: ['docker.io'],
    cpu_limit_max: ['2', '3'],
    cpu_limit_min: [],
    wlKnownNames: ['x'],
  });
  assert.deepEqual(parameters['supply-chain/blocked-registries'], { public: ['docker.io'] });
  assert.deepEqual(parameters['resources/cpu-range'], { limitMax: '2' });
  assert.deepEqual(unknown, ['wlKnownNames']);
});

test('a whole configuration is read like the inputs in it; other shapes hold none', () => {
  const inputs = { publicRegistries: ['docker.io'] };
  assert.deepEqual(kubescapeParameters({ postureControlInputs: inputs }), kubescapeParameters(inputs));
  assert.deepEqual(kubescapeParameters(['a']), kubescapeParameters({}));
});
