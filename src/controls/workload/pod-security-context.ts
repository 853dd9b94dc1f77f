// The pod says nothing at all about its security: containers added later, by hand or by a webhook, inherit nothing.

import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { saysSomething } from './effective.ts';

export const podSecurityContext = control({
  id: 'workload/pod-security-context',
  aliases: ['C-0211', 'KSV-0118', 'CKV_K8S_29'],
  severity: 'low',
  title: 'Pods have a security context',
  why: 'A sidecar or debug container that is added later starts with the defaults of the runtime, which are made to work, not to protect.',
  fix: 'Set user, group and seccomp profile in `securityContext` of the pod.',
  frameworks: ['cis:5.6.3', 'nsa:pod-security', 'owasp:K01'],
  on: pods,
  check: ({ pod }) =>
    saysSomething(pod.securityContext) ? [] : [fail(pod.at('/securityContext'), 'missing', 'the pod has no security context')],
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(deployment({ pod: { securityContext: undefined } })), cluster(deployment({ pod: { securityContext: {} } }))],
  },
  overlaps: ['workload/apparmor-profile'],
});
