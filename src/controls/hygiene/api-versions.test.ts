// The controls that ask the schema data: what they say of targets, of documents that are no objects, and where data are missing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import { loadSchemas } from '../../kube/schema/load.ts';
import type { Json } from '../../lib/json.ts';
import { assumedFacts, resource, snapshot } from '../../snapshot/snapshot.ts';
import type { Control } from '../control.ts';
import { runControls } from '../run.ts';
import { apiVersionDeprecated } from './api-version-deprecated.ts';
import { apiVersionServed } from './api-version-served.ts';
import { schemaValid } from './schema-valid.ts';

for (const version of ['1.37', '1.31', '1.25']) await loadSchemas(version);

function said(control: Control, object: KubeObject, target = '1.37', parameters: Readonly<Record<string, Json>> = {}): string {
  const state = snapshot({ resources: [resource(object, { kind: 'memory' })], facts: assumedFacts(target) });
  const { findings, tallies } = runControls(state, { controls: [control], now: 0, parameters: { [control.id]: parameters } });
  const verdicts = Object.entries(tallies[0]?.byVerdict ?? {}).filter(([, count]) => count > 0);
  return findings.length === 0
    ? (verdicts[0]?.[0] ?? 'nothing')
    : findings.map(({ outcome }) => `${outcome.verdict} ${outcome.reason}`).join(', ');
}

const of = (apiVersion: string, kind: string, parts: Readonly<Record<string, Json>> = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'x' },
  ...parts,
});

const served: readonly (readonly [string, string, string, string])[] = [
  ['apps/v1', 'Deployment', '1.37', 'pass'],
  ['extensions/v1beta1', 'Deployment', '1.37', 'fail removed'],
  ['extensions/v1beta1', 'Deployment', '1.15', 'pass'],
  ['batch/v1beta1', 'CronJob', '1.25', 'fail removed'],
  ['resource.k8s.io/v1', 'ResourceClaim', '1.31', 'fail unknown-kind'],
  ['resource.k8s.io/v1beta1', 'ResourceClaim', '1.31', 'fail too-new'],
  ['resource.k8s.io/v1beta1', 'ResourceClaim', '1.37', 'pass'],
  ['v1', 'Deployment', '1.37', 'fail unknown-kind'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRolebinding', '1.37', 'fail unknown-kind'],
  ['v1', 'Config', '1.37', 'pass'],
  ['v1', 'PodList', '1.37', 'pass'],
  ['policy/v1', 'Eviction', '1.37', 'pass'],
  ['gateway.networking.k8s.io/v1', 'Gateway', '1.37', 'not-applicable'],
  ['kustomize.config.k8s.io/v1beta1', 'Kustomization', '1.37', 'not-applicable'],
  ['batch/v1', 'Strange', '1.99', 'unknown no-schemas'],
  ['constructor', 'toString', '1.37', 'fail unknown-kind'],
];
for (const [apiVersion, kind, target, expected] of served)
  test(`${apiVersion} ${kind} in ${target}: ${expected}`, () =>
    assert.equal(said(apiVersionServed, of(apiVersion, kind), target), expected));

const deprecated: readonly (readonly [string, string, string, string])[] = [
  ['v1', 'Endpoints', '1.37', 'fail deprecated'],
  ['v1', 'Endpoints', '1.31', 'pass'],
  ['policy/v1beta1', 'PodSecurityPolicy', '1.24', 'fail deprecated'],
  ['policy/v1beta1', 'PodSecurityPolicy', '1.25', 'pass'],
  ['apps/v1', 'Deployment', '1.37', 'pass'],
];
for (const [apiVersion, kind, target, expected] of deprecated)
  test(`${apiVersion} ${kind} deprecated in ${target}: ${expected}`, () =>
    assert.equal(said(apiVersionDeprecated, of(apiVersion, kind), target), expected));

const valid: readonly (readonly [string, KubeObject, string, string?])[] = [
  ['a good object', of('v1', 'ConfigMap', { data: { a: 'b' } }), 'pass'],
  ['a bad one', of('v1', 'ConfigMap', { data: { a: 1 }, dta: {} }), 'fail wrong-type, fail unknown-field'],
  [
    'a field newer than the target',
    of('v1', 'Pod', { spec: { containers: [{ name: 'c', restartPolicy: 'Never' }] } }),
    'fail unknown-field',
    '1.25',
  ],
  ['a target without data', of('v1', 'ConfigMap'), 'unknown no-schemas', '1.99'],
  ['a kind the release does not know', of('extensions/v1beta1', 'Ingress'), 'not-applicable'],
  ['a custom kind without a definition', of('example.com/v1', 'Widget'), 'not-applicable'],
  ['a strategic merge patch', of('apps/v1', 'Deployment', { $patch: 'delete' }), 'not-applicable'],
  ['a Secret whose values were taken out', of('v1', 'Secret', { data: { a: 'redacted:1:5' } }), 'pass'],
  ['a definition', of('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { spec: 5 }), 'not-applicable'],
];
for (const [name, object, expected, target] of valid)
  test(`${name}: ${expected}`, () => assert.equal(said(schemaValid, object, target), expected));

test('kinds that a distribution may add to the core group are left open there', () => {
  const template = resource(of('v1', 'Template'), { kind: 'memory' });
  const state = snapshot({ resources: [template], facts: { ...assumedFacts('1.37'), distribution: 'openshift' } });
  const [finding] = runControls(state, { controls: [apiVersionServed], now: 0 }).findings;
  assert.equal(finding?.outcome.verdict, 'unknown');
});

test('definitions are checked when asked for', () =>
  assert.equal(
    said(schemaValid, of('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { spec: 5 }), '1.37', { definitions: true }),
    'fail wrong-type',
  ));

test('an object with very many mistakes has few findings and their number', () => {
  const data = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key${index}`, index]));
  const found = said(schemaValid, of('v1', 'ConfigMap', { data })).split(', ');
  assert.equal(found.length, 21);
  assert.equal(found.at(-1), 'fail more');
});

test('what is wrong of a Secret is told without its values', () => {
  for (const broken of [{ data: 'hunter2hunter2' }, { stringData: ['hunter2hunter2'] }, { stringData: { a: { b: 'hunter2hunter2' } } }]) {
    const state = snapshot({ resources: [resource(of('v1', 'Secret', broken), { kind: 'memory' })], facts: assumedFacts('1.37') });
    const { findings } = runControls(state, { controls: [schemaValid], now: 0 });
    assert.equal(findings[0]?.outcome.verdict, 'fail');
    assert.doesNotMatch(JSON.stringify(findings.map(({ outcome }) => outcome)), /hunter2/);
  }
});

test('an empty selector, which changed its meaning, is not carried over by a repair', () => {
  const budget = of('policy/v1beta1', 'PodDisruptionBudget', { spec: { minAvailable: 1, selector: {} } });
  const outcome = { verdict: 'fail', path: '/apiVersion', reason: 'removed', detail: '' } as const;
  assert.equal(apiVersionServed.repair?.(outcome, budget), undefined);
  const selected = { ...budget, spec: { minAvailable: 1, selector: { matchLabels: { a: 'b' } } } };
  assert.deepEqual(apiVersionServed.repair?.(outcome, selected), [{ op: 'replace', path: '/apiVersion', value: 'policy/v1' }]);
  assert.equal(apiVersionServed.repair?.(outcome, of('extensions/v1beta1', 'Deployment', { spec: { template: {} } })), undefined);
});
