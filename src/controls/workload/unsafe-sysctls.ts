// Kernel parameters that are not kept apart between pods, or not safe to hand out. Pod Security Standards, baseline, "Sysctls"; the safe ones
// are those of the cluster's version. A kubelet refuses the others unless it was told to allow them. Linux only.

import { members } from '../../kube/pod/lower.ts';
import { asString, dig } from '../../lib/json.ts';
import { offenceOf } from '../../policy/pod-security/evaluate.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { removeField } from '../repair.ts';
import { onLinux } from './effective.ts';
import { withSecurity } from './examples.ts';

export const unsafeSysctls = control({
  id: 'workload/unsafe-sysctls',
  aliases: ['KSV-0026', 'unsafe-sysctls', 'rule:set-sysctls-params'],
  severity: 'medium',
  title: 'Pods set only safe kernel parameters',
  why: 'An unsafe parameter reaches beyond the pod: it weakens or starves other pods, or switches protections of the kernel off.',
  fix: 'Remove the parameter, or set it when the node is set up.',
  frameworks: ['pss:baseline', 'nsa:pod-security', 'owasp:K01', 'pci:3.1.a', 'bsi:APP.4.4.A4', 'stig:V-242437'],
  on: pods,
  check: onLinux(({ pod }, context) => {
    const unsafe = new Set(offenceOf(pod, 'sysctls', context.snapshot.facts.kubernetesVersion)?.paths);
    return members(pod.securityContext.sysctls, pod.at('/securityContext/sysctls'))
      .filter(({ path }) => unsafe.has(`${path}/name`))
      .map(({ spec, path }) =>
        fail(path, 'unsafe', `the pod sets ${asString(dig(spec, 'name')) ?? ''}, which is not kept apart between pods`),
      );
  }),
  repair: ({ path }, object) => removeField(object, path),
  examples: {
    pass: () => [cluster(deployment()), cluster(withSecurity({ pod: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] } }))],
    fail: () => [
      cluster(
        withSecurity({
          pod: {
            sysctls: [
              { name: 'kernel.msgmax', value: '65536' },
              { name: 'net.core.somaxconn', value: '1024' },
            ],
          },
        }),
      ),
    ],
  },
});
