// With the node's network a container reaches what listens on the node's loopback, can watch its traffic, and is outside every NetworkPolicy.
// Pod Security Standards, baseline, "Host Namespaces". Windows HostProcess pods must share it; they are found by their own control too.

import { podsOf } from '../../kube/pod/lower.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { removeField } from '../repair.ts';
import { runsOnWindows } from './effective.ts';

export const hostNetwork = control({
  id: 'workload/host-network',
  aliases: ['C-0041', 'KSV-0009', 'CKV_K8S_19', 'host-network', 'hostNetworkSet', 'HostNetwork', 'NamespaceHostNetworkTrue'],
  severity: 'high',
  title: "Pods do not share the node's network",
  why: "The container reaches services bound to the node's loopback, such as the kubelet's, takes the node's identity at cloud metadata services, and no NetworkPolicy holds it.",
  fix: 'Remove `hostNetwork: true`; publish ports through a Service.',
  frameworks: [
    'pss:baseline',
    'cis:5.2.5',
    'nsa:pod-security',
    'attack:T1611',
    'matrix:MS-TA9034',
    'owasp:K01',
    'pci:3.1.a',
    'bsi:APP.4.4.A4',
    'stig:V-242437',
  ],
  on: pods,
  check: ({ pod }) =>
    pod.spec.hostNetwork === true ? [fail(pod.at('/hostNetwork'), 'host-network', "the pod shares the node's network namespace")] : [],
  // The API server refuses HostProcess pods without it.
  repair: ({ path }, object) => (podsOf(object).some(runsOnWindows) ? undefined : removeField(object, path)),
  examples: {
    pass: () => [cluster(deployment()), cluster(deployment({ pod: { hostNetwork: false } }))],
    fail: () => [cluster(deployment({ pod: { hostUsers: true, hostNetwork: true } }))],
  },
});
