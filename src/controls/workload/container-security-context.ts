// A container without a security context of its own: privilege escalation, capabilities and the root file system can be set nowhere else.
// Linux only: on Windows the pod can set everything.

import { control, pods } from '../control.ts';
import { cluster, container, deployment } from '../examples.ts';
import { blame, onLinux, saysSomething } from './effective.ts';
import { windowsDeployment } from './examples.ts';

export const containerSecurityContext = control({
  id: 'workload/container-security-context',
  aliases: ['C-0211', 'CKV_K8S_29', 'CKV_K8S_30'],
  severity: 'low',
  title: 'Containers have a security context',
  why: 'What only containers can set keeps the default of the runtime: escalation allowed, capabilities kept, a writable root.',
  fix: 'Give the container a `securityContext` that forbids escalation and drops capabilities.',
  frameworks: ['cis:5.6.3', 'nsa:pod-security', 'owasp:K01'],
  on: pods,
  check: onLinux(({ containers }) =>
    containers
      .filter((container) => !saysSomething(container.securityContext))
      .map((container) =>
        blame(container, '/securityContext', 'missing', `container "${container.name}" has no security context of its own`),
      ),
  ),
  examples: {
    pass: () => [cluster(deployment()), cluster(windowsDeployment({ container: { windowsOptions: undefined, runAsNonRoot: undefined } }))],
    fail: () => [cluster(deployment({ pod: { containers: [{ ...container(), securityContext: {} }] } }))],
  },
  overlaps: ['workload/privilege-escalation', 'workload/drop-all-capabilities', 'workload/net-raw', 'workload/read-only-root-filesystem'],
});
