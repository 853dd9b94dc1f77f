// Without a liveness probe a program that hangs is never restarted. Asked of containers and native sidecars (KEP-753) of pods that are meant to
// stay; init containers and what runs to its end are not asked. Whether a probe is wise for a program is its authors' to say: low.

import { control, fail, pods } from '../control.ts';
import { cluster, container, deployment, withContainer } from '../examples.ts';
import { isLongRunning } from './long-running.ts';

export const livenessProbe = control({
  id: 'reliability/liveness-probe',
  aliases: ['C-0056', 'CKV_K8S_8', 'no-liveness-probe', 'livenessProbeMissing', 'pod-probes', 'POP-102', 'POP-103'],
  severity: 'low',
  title: 'Containers have a liveness probe',
  why: 'A program that hangs without exiting keeps its place, its memory and, in the eyes of Kubernetes, its health.',
  fix: 'Add a `livenessProbe` that asks the program itself and nothing it depends on.',
  frameworks: [],
  on: pods,
  check: (subject) =>
    subject.containers
      .filter(
        ({ role, spec }) => (role === 'normal' || role === 'sidecar') && (spec.livenessProbe ?? null) === null && isLongRunning(subject),
      )
      .map(({ name, at }) => fail(at('/livenessProbe'), 'missing', `container "${name}" has no liveness probe`, { container: name })),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(withContainer({ livenessProbe: null })),
      cluster(deployment({ pod: { initContainers: [sidecarWithout('livenessProbe')] } })),
    ],
  },
});

function sidecarWithout(probe: string) {
  return container({ name: 'proxy', restartPolicy: 'Always', ports: [], livenessProbe: tcp(), readinessProbe: exec(), [probe]: null });
}

function tcp() {
  return { tcpSocket: { port: 8080 } };
}

function exec() {
  return { exec: { command: ['/bin/ready'] } };
}
