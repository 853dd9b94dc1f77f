// With the node's IPC namespace a container reads and writes the shared memory, semaphores and message queues of the node's processes.
// Pod Security Standards, baseline, "Host Namespaces".

import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { removeField } from '../repair.ts';

export const hostIpc = control({
  id: 'workload/host-ipc',
  aliases: ['C-0038', 'C-0276', 'KSV-0008', 'CKV_K8S_18', 'host-ipc', 'hostIPCSet', 'HostIPC', 'NamespaceHostIPCTrue'],
  severity: 'high',
  title: "Pods do not share the node's inter-process communication",
  why: 'Shared memory of programs on the node, and of other pods that share it, can be read and changed from the container.',
  fix: 'Remove `hostIPC: true`; containers of one pod share memory through an emptyDir with `medium: Memory`.',
  frameworks: [
    'pss:baseline',
    'cis:5.2.4',
    'nsa:pod-security',
    'attack:T1611',
    'owasp:K01',
    'pci:3.1.a',
    'bsi:APP.4.4.A4',
    'stig:V-242437',
  ],
  on: pods,
  check: ({ pod }) => (pod.spec.hostIPC === true ? [fail(pod.at('/hostIPC'), 'host-ipc', "the pod shares the node's IPC namespace")] : []),
  repair: ({ path }, object) => removeField(object, path),
  examples: {
    pass: () => [cluster(deployment()), cluster(deployment({ pod: { hostIPC: false } }))],
    fail: () => [cluster(deployment({ pod: { hostUsers: true, hostIPC: true } }))],
  },
});
