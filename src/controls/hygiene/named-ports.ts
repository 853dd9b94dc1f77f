// Ports by name rather than by number, so that a number can change in one place. Off by default: a matter of style.

import { asList, dig, field, textOf } from '../../lib/json.ts';
import { control, fail, type Outcome, objectsWhere } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';

export const namedPorts = control({
  id: 'hygiene/named-ports',
  aliases: ['POP-105', 'POP-108', 'POP-1102'],
  severity: 'low',
  title: 'Ports have names, and others go by them',
  why: 'A number is repeated in probes, Services and policies, and one of them is forgotten when it changes.',
  fix: 'Name the port of the container, and use the name in probes and Services.',
  frameworks: [],
  enabled: false,
  on: objectsWhere('pods, Services', ({ pods, group, kind }) => pods.length > 0 || (group === '' && kind === 'Service')),
  check: ({ resource, object }): readonly Outcome[] => {
    if (resource.kind === 'Service')
      return asList(dig(object, 'spec', 'ports')).flatMap((port, index) =>
        typeof field(port, 'targetPort') === 'number'
          ? [fail(`/spec/ports/${index}/targetPort`, 'number', `target port ${textOf(field(port, 'targetPort'))} is a number`)]
          : [],
      );
    return resource.pods.flatMap(({ containers }) =>
      containers.flatMap((container) =>
        container.ports
          .filter(({ spec }) => typeof spec.name !== 'string' || spec.name === '')
          .map(({ spec, path }) =>
            fail(path, 'no-name', `container "${container.name}": port ${textOf(spec.containerPort)} has no name`, {
              container: container.name,
            }),
          ),
      ),
    );
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(withContainer({ ports: [{ containerPort: 8080 }], readinessProbe: probe(), livenessProbe: { tcpSocket: { port: 8080 } } })),
    ],
  },
});

function probe() {
  return { httpGet: { path: '/readyz', port: 8080 } };
}
