// The mild form of workload/drop-all-capabilities: at least something is dropped. Off by default, since the strict form says more.

import { control, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { setField } from '../repair.ts';
import { capabilities } from './capabilities.ts';
import { blame, onLinux } from './effective.ts';

export const dropAnyCapability = control({
  id: 'workload/drop-any-capability',
  aliases: ['KSV-0004', 'CapDropAny'],
  severity: 'low',
  title: 'Containers drop some capability',
  why: 'A container that drops nothing was most likely never looked at: it holds everything its runtime hands out by default.',
  fix: 'Set `capabilities.drop: ["ALL"]` and add back what the program is shown to need.',
  frameworks: ['cis:5.2.9', 'nsa:pod-security', 'owasp:K01'],
  enabled: false,
  on: pods,
  check: onLinux(({ containers }) =>
    containers
      .filter((container) => capabilities(container, 'drop').length === 0)
      .map((container) =>
        blame(container, '/securityContext/capabilities/drop', 'none', `container "${container.name}" drops no capability`),
      ),
  ),
  repair: ({ path }, object) => setField(object, path, ['ALL']),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(withContainer({ securityContext: { capabilities: {} } }))],
  },
  overlaps: ['workload/drop-all-capabilities', 'workload/net-raw'],
});
