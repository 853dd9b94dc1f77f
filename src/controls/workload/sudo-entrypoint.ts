// A container that calls sudo when it starts has a set-user-ID program and rules that make its user root.

import { control, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { blame } from './effective.ts';

export const sudoEntrypoint = control({
  id: 'workload/sudo-entrypoint',
  aliases: ['C-0062'],
  severity: 'low',
  title: 'Containers do not start through sudo',
  why: 'What the entrypoint may do through sudo an intruder may do too: the user of the container is root in all but name.',
  fix: 'Start the program as the user it needs; prepare files in the image or in an init container.',
  frameworks: ['cis:5.2.7', 'nsa:non-root-containers', 'owasp:K01'],
  on: pods,
  check: ({ containers }) =>
    containers.flatMap((container) =>
      (['command', 'args'] as const).flatMap((list) =>
        container[list].flatMap((word, index) =>
          /(?:^|[^\w.-])sudo(?:$|[^\w.-])/.test(word)
            ? [blame(container, `/${list}/${index}`, 'sudo', `container "${container.name}" starts through sudo`)]
            : [],
        ),
      ),
    ),
  examples: {
    pass: () => [cluster(deployment()), cluster(withContainer({ command: ['/bin/sh', '-c', 'cat /etc/pseudo /etc/sudo.conf'] }))],
    fail: () => [
      cluster(withContainer({ command: ['/bin/sh', '-c', 'exec sudo /app'] })),
      cluster(withContainer({ args: ['sudo', '/app'] })),
    ],
  },
});
