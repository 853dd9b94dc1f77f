// The traps of NetworkPolicy semantics, one row each, held against what controls are told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import type { JsonObject } from '../../lib/json.ts';
import { resource, snapshot } from '../../snapshot/snapshot.ts';
import { runControls } from '../run.ts';
import { otherPolicies, policies, selecting } from './policies.ts';
import { policyMissing } from './policy-missing.ts';
import { allowsPort } from './rule.ts';

function networkPolicy(spec: JsonObject): KubeObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p', namespace: 'shop' }, spec };
}

function of(...objects: readonly KubeObject[]) {
  return snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) });
}

const isolation: readonly [string, JsonObject, boolean, boolean][] = [
  [
    'spot check n: an empty podSelector without rules isolates, in both directions where both are named',
    { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    true,
    true,
  ],
  ['without policyTypes and rules it isolates ingress', { podSelector: {} }, true, false],
  ['an absent podSelector is an empty one', {}, true, false],
  ['egress rules without policyTypes isolate egress too', { egress: [{}] }, true, true],
  ['`egress: []` without policyTypes does not isolate egress', { egress: [] }, true, false],
  ['policyTypes: [Egress] leaves ingress open', { policyTypes: ['Egress'] }, false, true],
];

for (const [name, spec, ingress, egress] of isolation)
  test(name, () => {
    const state = of(networkPolicy(spec));
    const [policy] = selecting(state, 'shop', {});
    assert.deepEqual(policy?.isolates, { ingress, egress });
    assert.equal(policy?.everyPod, true);
  });

test('spot check n: a workload under an empty default deny is not reported', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app', namespace: 'shop' }, spec: { containers: [{ name: 'app' }] } };
  const judge = (...objects: readonly KubeObject[]) =>
    runControls(of(...objects), { controls: [policyMissing], now: 0 }).findings.map((finding) => finding.outcome.verdict);
  assert.deepEqual(judge(pod, networkPolicy({ podSelector: {} })), []);
  assert.deepEqual(judge(pod), ['fail']);
  assert.deepEqual(judge(pod, { ...networkPolicy({}), metadata: { name: 'p', namespace: 'other' } }), ['fail']);
  assert.deepEqual(
    judge(pod, { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', metadata: { name: 'g' }, spec: { selector: 'all()' } }),
    ['unknown'],
  );
});

test('a policy selects pods of its own namespace only', () => {
  assert.equal(selecting(of(networkPolicy({ podSelector: {} })), 'other', {}).length, 0);
});

test('Cilium: label sources, the namespace label, `specs`, and lists that are empty', () => {
  const cilium = (kind: string, rest: JsonObject): KubeObject => ({
    apiVersion: 'cilium.io/v2',
    kind,
    metadata: kind === 'CiliumNetworkPolicy' ? { name: 'c', namespace: 'shop' } : { name: 'c' },
    ...rest,
  });
  const own = of(cilium('CiliumNetworkPolicy', { spec: { endpointSelector: { matchLabels: { 'k8s:app': 'web' } }, ingress: [] } }));
  assert.deepEqual(selecting(own, 'shop', { app: 'web' })[0]?.isolates, { ingress: false, egress: false });
  assert.equal(selecting(own, 'other', { app: 'web' }).length, 0);
  const wide = of(
    cilium('CiliumClusterwideNetworkPolicy', {
      specs: [
        { endpointSelector: { matchLabels: { 'io.kubernetes.pod.namespace': 'shop' } }, ingress: [{}] },
        { nodeSelector: {}, ingress: [{}] },
      ],
    }),
  );
  assert.equal(policies(wide).length, 1);
  assert.equal(selecting(wide, 'shop', {})[0]?.isolates.ingress, true);
  assert.equal(selecting(wide, 'other', {}).length, 0);
});

test('policies of other kinds are named, of the namespace and of the cluster', () => {
  const state = of(
    { apiVersion: 'crd.projectcalico.org/v1', kind: 'NetworkPolicy', metadata: { name: 'a', namespace: 'shop' } },
    { apiVersion: 'policy.networking.k8s.io/v1alpha1', kind: 'BaselineAdminNetworkPolicy', metadata: { name: 'default' } },
  );
  assert.equal(otherPolicies(state, 'shop').length, 2);
  assert.equal(otherPolicies(state, 'other').length, 1);
});

test('ports: absent allows all, endPort is inclusive, UDP and names are not TCP numbers', () => {
  assert.equal(allowsPort(undefined, 80), true);
  assert.equal(allowsPort([{ port: 70, endPort: 80 }], 80), true);
  assert.equal(allowsPort([{ protocol: 'TCP' }], 80), true);
  assert.equal(allowsPort([{ protocol: 'UDP', port: 80 }, { port: 'http' }], 80), false);
});
