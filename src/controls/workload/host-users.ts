// `hostUsers: false` gives the pod a user namespace of its own (KEP-127, on by default from 1.33): root in the container is then nobody on
// the node. Off by default: it needs runtimes and file systems that not every cluster has. Linux only.

import { podsOf } from '../../kube/pod/lower.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { setField } from '../repair.ts';
import { minorVersion, onLinux } from './effective.ts';

export const hostUsers = control({
  id: 'workload/host-users',
  aliases: [],
  severity: 'low',
  title: 'Pods have a user namespace of their own',
  why: 'Without one, root in the container is root of the node to the kernel, and most escapes of the last years worked because of that.',
  fix: 'Set `hostUsers: false` where the nodes support it.',
  frameworks: ['attack:T1611', 'owasp:K01', 'nsa:hardened-environments'],
  enabled: false,
  on: pods,
  check: onLinux(({ pod }, context) =>
    pod.spec.hostUsers === false || minorVersion(context) < 30
      ? []
      : [fail(pod.at('/hostUsers'), 'shared', "the pod shares the node's user namespace")],
  ),
  // The API server refuses it together with the node's other namespaces.
  repair: ({ path }, object) => {
    const shares = podsOf(object).some(({ spec }) => spec.hostNetwork === true || spec.hostPID === true || spec.hostIPC === true);
    return shares ? undefined : setField(object, path, false);
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(deployment({ pod: { hostUsers: undefined } })), cluster(deployment({ pod: { hostUsers: true } }))],
  },
});
