// With the node's process namespace a container sees every process of the node, with its command line and environment, and as root can
// enter them. Pod Security Standards, baseline, "Host Namespaces".

import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { removeField } from '../repair.ts';

export const hostPid = control({
  id: 'workload/host-pid',
  aliases: ['C-0038', 'C-0275', 'KSV-0010', 'CKV_K8S_17', 'host-pid', 'hostPIDSet', 'HostPID', 'NamespaceHostPIDTrue'],
  severity: 'high',
  title: "Pods do not share the node's processes",
  why: 'From the process namespace of the node a container reads the secrets of every other container, and as root it can take the node over.',
  fix: 'Remove `hostPID: true`.',
  frameworks: [
    'pss:baseline',
    'cis:5.2.3',
    'nsa:pod-security',
    'attack:T1611',
    'owasp:K01',
    'pci:3.1.a',
    'bsi:APP.4.4.A4',
    'stig:V-242437',
  ],
  on: pods,
  check: ({ pod }) =>
    pod.spec.hostPID === true ? [fail(pod.at('/hostPID'), 'host-pid', "the pod shares the node's process namespace")] : [],
  repair: ({ path }, object) => removeField(object, path),
  examples: {
    pass: () => [cluster(deployment()), cluster(deployment({ pod: { hostPID: false } }))],
    fail: () => [cluster(deployment({ pod: { hostUsers: true, hostPID: true } }))],
  },
});
