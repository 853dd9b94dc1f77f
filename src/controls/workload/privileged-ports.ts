// Ports below 1024 once needed root; programs that bind them are often still started as root for that alone.

import { asNumber } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';

export const privilegedPorts = control({
  id: 'workload/privileged-ports',
  aliases: ['KSV-0117', 'privileged-ports'],
  severity: 'low',
  title: 'Containers listen on ports above 1023',
  why: 'A low port is the usual reason why an image insists on starting as root or on keeping capabilities.',
  fix: 'Let the program listen on a port above 1023; the Service may keep the well-known one.',
  frameworks: ['nsa:pod-security', 'owasp:K01'],
  on: pods,
  check: ({ containers }) =>
    containers.flatMap((container) =>
      container.ports.flatMap((port) => {
        const number = asNumber(port.spec.containerPort);
        if (number === undefined || number < 1 || number > 1023) return [];
        return [
          fail(`${port.path}/containerPort`, 'low-port', `container "${container.name}" listens on port ${number}`, {
            container: container.name,
          }),
        ];
      }),
    ),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(withContainer({ ports: [{ name: 'http', containerPort: 80 }] }))],
  },
});
