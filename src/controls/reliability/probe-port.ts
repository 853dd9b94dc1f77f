// A probe that names a port the container does not have fails for ever. Numbers need no declaration in Kubernetes, so they are held against the
// declared ones only where the user asks for it. The kubelet reads a name of digits as a number, so such names count as numbers here.

import type { Container } from '../../kube/pod/types.ts';
import { dig, type Json } from '../../lib/json.ts';
import { control, fail, type Outcome, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

export const probePort = control({
  id: 'reliability/probe-port',
  aliases: ['liveness-port', 'readiness-port', 'startup-port'],
  severity: 'medium',
  title: 'Probes ask a port that the container has',
  why: 'A probe of a port that is not there never succeeds: the container is restarted for ever, or never gets a request.',
  fix: 'Name a port of the container, or declare the port that is asked.',
  frameworks: [],
  parameters: { declaredNumbers: false },
  on: pods,
  check: ({ containers }, { parameters }): readonly Outcome[] =>
    containers.flatMap((container) =>
      probes.flatMap((probe) =>
        [
          ['httpGet', 'port'],
          ['tcpSocket', 'port'],
          ['grpc', 'port'],
        ].flatMap((handler) => {
          const port = dig(container.spec, probe, ...handler);
          const fault = faultOf(port, container, parameters.declaredNumbers === true);
          return fault === undefined
            ? []
            : [
                fail(
                  container.at(`/${probe}/${handler.join('/')}`),
                  fault,
                  `container "${container.name}": its ${probe} asks port ${String(port).slice(0, 80)}, which is none of its ports`,
                  { container: container.name },
                ),
              ];
        }),
      ),
    ),
  examples: {
    parameters: { declaredNumbers: true },
    pass: () => [
      cluster(deployment()),
      cluster(withContainer({ readinessProbe: { tcpSocket: { port: 8080 } } })),
      cluster(withContainer({ startupProbe: { grpc: { port: 8080 } } })),
    ],
    fail: () => [
      cluster(withContainer({ readinessProbe: { httpGet: { path: '/readyz', port: 'web' } } })),
      cluster(withContainer({ livenessProbe: { tcpSocket: { port: 8081 } } })),
    ],
  },
});

function faultOf(port: Json | undefined, { ports }: Container, asksNumbers: boolean): string | undefined {
  const isNumeric = typeof port === 'number' || (typeof port === 'string' && /^[0-9]{1,5}$/.test(port));
  if (isNumeric) return asksNumbers && !ports.some(({ spec }) => spec.containerPort === Number(port)) ? 'undeclared-number' : undefined;
  return typeof port === 'string' && port !== '' && !ports.some(({ spec }) => spec.name === port) ? 'unknown-name' : undefined;
}
