// Feature gates by release, and what `--feature-gates` makes of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { featuresOf, type Gate, gateNames, isOnByDefault, readGates } from './feature-gates.ts';

const rows: readonly (readonly [Gate, string, boolean, string])[] = [
  ['EnvFiles', '1.34', false, 'an alpha gate is off'],
  ['EnvFiles', '1.35', true, 'a beta gate is on'],
  ['StrictIPCIDRValidation', '1.35', false, 'a gate that came on in 1.36 is off before'],
  ['StrictIPCIDRValidation', '1.37', true, 'a later release is taken to have the defaults of 1.36'],
  ['GitRepoVolumeDriver', '1.33', false, 'a deprecated gate goes off'],
  ['MaxUnavailableStatefulSet', '1.36', false, 'a beta gate may be off'],
  ['WatchList', '1.33', false, 'a gate may go off for one release'],
];
for (const [gate, minor, on, words] of rows)
  test(`${words}: ${gate} in ${minor}`, () => {
    assert.equal(isOnByDefault(gate, minor), on);
    assert.equal(featuresOf(minor).has(gate), on);
  });

const flags: readonly (readonly [string, string, string])[] = [
  ['EnvFiles=true', '1.34', 'EnvFiles'],
  ['EnvFiles=True, HostnameOverride=1', '1.34', 'EnvFiles HostnameOverride'],
  ['AllAlpha=true,EnvFiles=false', '1.34', 'HostnameOverride'],
  ['NoSuch=true', '1.36', '--feature-gates NoSuch: Kubernetes 1.36 has no such feature gate'],
  ['EnvFiles=true', '1.30', '--feature-gates EnvFiles: Kubernetes 1.30 has no such feature gate'],
  ['EnvFiles', '1.36', '--feature-gates EnvFiles: write it as NAME=true or NAME=false'],
  ['EnvFiles=maybe', '1.36', '--feature-gates EnvFiles=maybe: maybe is neither true nor false'],
  ['InPlacePodVerticalScaling=false', '1.36', '--feature-gates InPlacePodVerticalScaling=false: Kubernetes 1.36 has it locked to true'],
];
for (const [text, minor, expected] of flags)
  test(`--feature-gates ${text} for ${minor}`, () => {
    const read = readGates(text, minor);
    const told = read.ok
      ? (['EnvFiles', 'HostnameOverride'] as const).filter((gate) => featuresOf(minor, read.value).has(gate)).join(' ')
      : read.problem.message;
    assert.equal(told, expected);
  });

test('what is on in a release grows only where a gate says so', () => assert.ok(gateNames.length > 200));
