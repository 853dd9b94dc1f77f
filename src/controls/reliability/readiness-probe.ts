// Without a readiness probe a pod gets requests as soon as its process exists, and a rollout calls a broken version done. Asked of the same
// containers as the liveness probe.

import { control, fail, pods } from '../control.ts';
import { cluster, container, deployment, withContainer } from '../examples.ts';
import { isLongRunning } from './long-running.ts';

export const readinessProbe = control({
  id: 'reliability/readiness-probe',
  aliases: ['C-0018', 'CKV_K8S_9', 'no-readiness-probe', 'readinessProbeMissing', 'pod-probes', 'POP-102', 'POP-104'],
  severity: 'low',
  title: 'Containers have a readiness probe',
  why: 'Requests reach the pod before it can answer them, and a rollout replaces good pods by ones that never become ready.',
  fix: 'Add a `readinessProbe` that succeeds once the program can serve.',
  frameworks: [],
  on: pods,
  check: (subject) =>
    subject.containers
      .filter(
        ({ role, spec }) => (role === 'normal' || role === 'sidecar') && (spec.readinessProbe ?? null) === null && isLongRunning(subject),
      )
      .map(({ name, at }) => fail(at('/readinessProbe'), 'missing', `container "${name}" has no readiness probe`, { container: name })),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(withContainer({ readinessProbe: null })), cluster(deployment({ pod: { initContainers: [unreadySidecar()] } }))],
  },
});

function unreadySidecar() {
  return container({
    name: 'proxy',
    restartPolicy: 'Always',
    ports: [],
    livenessProbe: { tcpSocket: { port: 8080 } },
    readinessProbe: null,
  });
}
