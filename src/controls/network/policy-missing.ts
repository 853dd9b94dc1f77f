// A pod that no network policy selects takes connections from every pod of the cluster and may open them to anything it can route to.
// Kubernetes isolates per pod and direction: a policy with an empty podSelector and no rules counts (it isolates), a policy of another
// namespace does not. Pods on the host's network are outside the reach of policies and are the concern of workload/host-network.

import { control, fail, notApplicable, pods, unknown } from '../control.ts';
import { cluster, clusterWithout, deployment } from '../examples.ts';
import { otherPolicies, selecting } from './policies.ts';

export const policyMissing = control({
  id: 'network/policy-missing',
  aliases: [
    'C-0260',
    'C-0030',
    'non-isolated-pod',
    'missingNetworkPolicy',
    'pod-networkpolicy',
    'CKV2_K8S_6',
    'NP-001',
    'POP-1204',
    'POP-1205',
  ],
  severity: 'medium',
  title: 'Every workload is selected by a network policy',
  why: 'Without a policy any compromised pod can reach this one, and this one can reach the whole cluster, the metadata service and the internet.',
  fix: 'Add a default-deny NetworkPolicy to the namespace and allow the connections this workload needs.',
  frameworks: ['cis:5.3.2', 'nsa:network-separation', 'attack:T1046', 'matrix:MS-TA9034', 'owasp:K07', 'bsi:APP.4.4.A7', 'pci:4.1.a'],
  on: pods,
  check: ({ resource, pod }, { snapshot }) => {
    if (pod.spec.hostNetwork === true) return [notApplicable('host-network', "policies do not hold for pods on the host's network")];
    if (selecting(snapshot, resource.namespace, pod.labels).length > 0) return [];
    const [other] = otherPolicies(snapshot, resource.namespace);
    if (other !== undefined)
      return [
        unknown(
          pod.metadataPath,
          'other-policies',
          `no NetworkPolicy selects this workload; ${other.kind} "${other.name}" may, and is not evaluated`,
          {
            evidence: [{ resource: other, path: '/spec', note: 'a policy of another kind that may select it' }],
          },
        ),
      ];
    return [
      fail(`${pod.metadataPath}/labels`, 'not-selected', `no network policy of namespace "${resource.namespace}" selects this workload`),
    ];
  },
  examples: {
    pass: () => [
      cluster(deployment()),
      clusterWithout(
        ['NetworkPolicy'],
        {
          apiVersion: 'cilium.io/v2',
          kind: 'CiliumNetworkPolicy',
          metadata: { name: 'deny', namespace: 'shop' },
          spec: { endpointSelector: {}, ingress: [{}], egress: [{}] },
        },
        deployment(),
      ),
    ],
    fail: () => [clusterWithout(['NetworkPolicy'], deployment())],
  },
  overlaps: ['network/namespace-without-policy'],
});
