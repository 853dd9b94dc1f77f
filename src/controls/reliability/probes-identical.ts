// One question for two decisions: when the program is overloaded it fails readiness, as it should, and at the same moment liveness kills it.
// The same question is fine where liveness is the more patient one (failureThreshold × periodSeconds, core/v1 defaults 3 and 10).

import { asNumber, field, isObject, type Json, sameJson } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';

const handlers = ['httpGet', 'tcpSocket', 'exec', 'grpc'] as const;

export const probesIdentical = control({
  id: 'reliability/probes-identical',
  aliases: ['pod-probes-identical'],
  severity: 'low',
  title: 'Liveness is not decided by the readiness probe',
  why: 'Under load the pod is restarted just when it should only be spared, and its load moves on to the next one.',
  fix: 'Ask something simpler for liveness, or give it a higher `failureThreshold` than readiness.',
  frameworks: [],
  on: pods,
  check: ({ containers }) =>
    containers
      .filter(
        ({ spec }) =>
          isSameQuestion(spec.livenessProbe, spec.readinessProbe) && patience(spec.livenessProbe) <= patience(spec.readinessProbe),
      )
      .map(({ name, at }) =>
        fail(at('/livenessProbe'), 'identical', `container "${name}" asks the same for liveness as for readiness, with no more patience`, {
          container: name,
        }),
      ),
  examples: {
    pass: () => [
      cluster(deployment()),
      cluster(withContainer({ livenessProbe: probe({ failureThreshold: 10 }), readinessProbe: probe({ failureThreshold: 2 }) })),
    ],
    fail: () => [cluster(withContainer({ livenessProbe: probe({}), readinessProbe: probe({ initialDelaySeconds: 5 }) }))],
  },
});

function isSameQuestion(a: Json | undefined, b: Json | undefined): boolean {
  return handlers.some((handler) => isObject(field(a, handler)) && sameJson(field(a, handler), field(b, handler)));
}

function patience(probe: Json | undefined): number {
  return (asNumber(field(probe, 'failureThreshold')) ?? 3) * (asNumber(field(probe, 'periodSeconds')) ?? 10);
}

function probe(more: Readonly<Record<string, number>>) {
  return { httpGet: { path: '/healthz', port: 'http' }, ...more };
}
