// Ports of a container: names of at most 15 letters, digits and dashes (IANA service names), each once in the container, and a number. The API
// server refuses others. core/v1 1.36 validation.

import { isPortName } from '../../kube/names.ts';
import type { Container } from '../../kube/pod/types.ts';
import { control, fail, type Outcome, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';

export const containerPorts = control({
  id: 'hygiene/container-ports',
  aliases: ['container-ports-check'],
  severity: 'medium',
  title: 'Container ports have valid names, each once, and a number',
  why: 'The API server refuses the workload at the moment it is applied.',
  fix: 'Shorten the name to 15 characters of a-z, 0-9 and dashes, and give every port of the container another one.',
  frameworks: [],
  on: pods,
  check: ({ containers }) => containers.flatMap(faults),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(withContainer({ ports: [port('http', 8080), port('http', 8081)] })),
      cluster(withContainer({ ports: [port('http', 8080), port('metrics-of-the-app', 9090)] })),
    ],
  },
});

function faults(container: Container): readonly Outcome[] {
  const seen = new Set<string>();
  return container.ports.flatMap(({ spec, path }): readonly Outcome[] => {
    const blame = { container: container.name };
    const outcomes: Outcome[] = [];
    if (typeof spec.containerPort === 'number' && !(spec.containerPort >= 1 && spec.containerPort <= 65535))
      outcomes.push(fail(`${path}/containerPort`, 'bad-number', `container "${container.name}": ${spec.containerPort} is no port`, blame));
    if (typeof spec.name !== 'string' || spec.name === '') return outcomes;
    if (!isPortName(spec.name))
      outcomes.push(
        fail(`${path}/name`, 'bad-name', `container "${container.name}": "${spec.name.slice(0, 80)}" is no name of a port`, blame),
      );
    else if (seen.has(spec.name))
      outcomes.push(fail(`${path}/name`, 'duplicate', `container "${container.name}" has two ports named "${spec.name}"`, blame));
    seen.add(spec.name);
    return outcomes;
  });
}

function port(name: string, containerPort: number) {
  return { name, containerPort };
}
