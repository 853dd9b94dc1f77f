// Configurations of plugins that the API server does not start with: what it says of them (kube-apiserver 1.36.3, asked with these files).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json, JsonObject } from '../../lib/json.ts';
import { pluginParts, readPluginConfiguration } from './configuration.ts';

const podSecurity = (more: JsonObject): Json => ({
  apiVersion: 'pod-security.admission.config.k8s.io/v1',
  kind: 'PodSecurityConfiguration',
  ...more,
});
const quota = (more: JsonObject): Json => ({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'ResourceQuotaConfiguration', ...more });
const scheme = 'in scheme "pkg/runtime/scheme.go:111"';
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

const bad: readonly (readonly [what: string, plugin: string, value: Json, said: string])[] = [
  [
    'levels and versions that are none',
    'PodSecurity',
    podSecurity({ defaults: { enforce: 'strict', 'warn-version': 'v2.1', audit: 'x' } }),
    'PodSecurity configuration error: [enforce: must be one of privileged, baseline, restricted, audit: must be one of privileged, baseline, restricted, warn-version: must be "latest" or "v1.x"]',
  ],
  [
    'a level that is no text',
    'PodSecurity',
    podSecurity({ defaults: { enforce: 3 } }),
    'json: cannot unmarshal number into Go struct field PodSecurityDefaults.defaults.enforce of type string',
  ],
  [
    'defaults that are a list',
    'PodSecurity',
    podSecurity({ defaults: [] }),
    'json: cannot unmarshal array into Go struct field PodSecurityConfiguration.defaults of type v1.PodSecurityDefaults',
  ],
  [
    'fields that nobody knows',
    'PodSecurity',
    podSecurity({ defaults: { enforcement: 'baseline' }, other: 1 }),
    'strict decoding error: unknown field "defaults.enforcement", unknown field "other"',
  ],
  [
    'exemptions that stand twice or are no names',
    'PodSecurity',
    podSecurity({ exemptions: { namespaces: ['a', 'a', 'B'], usernames: ['', 'x', 'x'] } }),
    `PodSecurity invalid: [exemptions.namespaces[1]: Duplicate value: "a", exemptions.namespaces[2]: Invalid value: "B": ${label}, exemptions.usernames[0]: Invalid value: "": username must not be empty, exemptions.usernames[2]: Duplicate value: "x"]`,
  ],
  ['no kind', 'PodSecurity', {}, "Object 'Kind' is missing in '{}'"],
  [
    'another kind',
    'PodSecurity',
    { apiVersion: 'pod-security.admission.config.k8s.io/v1', kind: 'Other' },
    `no kind "Other" is registered for version "pod-security.admission.config.k8s.io/v1" ${scheme}`,
  ],
  [
    'a text',
    'PodSecurity',
    'x',
    'couldn\'t get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
  ],
  [
    'limited resources without a name',
    'ResourceQuota',
    quota({ limitedResources: [{ apiGroup: '', matchContains: ['a'] }] }),
    'limitedResources[0].resource: Required value',
  ],
  [
    'a kind of the old group under the new name',
    'ResourceQuota',
    { apiVersion: 'resourcequota.admission.k8s.io/v1beta1', kind: 'ResourceQuotaConfiguration' },
    `no kind "ResourceQuotaConfiguration" is registered for version "resourcequota.admission.k8s.io/v1beta1" ${scheme}`,
  ],
];

describe('configurations of plugins', () => {
  for (const [what, name, value, said] of bad)
    test(`that the server does not start with: ${what}`, () => {
      const read = readPluginConfiguration([{ name, path: '', value }], () => '');
      assert.equal(read.ok ? '' : read.problem.message, `the configuration of ${name}: ${said}`);
    });

  for (const [value, said] of [
    [{ a: 1 }, `Object 'Kind' is missing in '{"a":1}'`],
    [
      { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AdmissionConfiguration', plugin: [] },
      'strict decoding error: unknown field "plugin"',
    ],
    [
      { apiVersion: 'apiserver.config.k8s.io/v3', kind: 'AdmissionConfiguration' },
      `no kind "AdmissionConfiguration" is registered for version "apiserver.config.k8s.io/v3" ${scheme}`,
    ],
  ] as const)
    test(`a file that is none: ${JSON.stringify(value)}`, () => {
      const parts = pluginParts(value as Json, 'f');
      assert.equal(parts.ok ? '' : parts.problem.message, `f holds no AdmissionConfiguration: ${said}`);
    });

  test('nothing said of a plugin is its default', () => {
    const read = readPluginConfiguration([{ name: 'PodSecurity', path: '', value: undefined }], () => '');
    assert.ok(read.ok);
    assert.equal(read.value.configuration.podSecurity, undefined);
  });
});
