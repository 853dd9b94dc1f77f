// Pod Security Standards, baseline, "Host Ports": no container takes a port of the node. Unchanged since 1.0.

import type { Pod } from '../../../kube/pod/types.ts';
import { asNumber } from '../../../lib/json.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { containersNamed, plural, sortedSet } from '../wording.ts';

export const hostPorts: PodSecurityCheck = {
  id: 'hostPorts',
  level: 'baseline',
  versions: [{ since: 0, check: hostPorts_1_0 }],
};

function hostPorts_1_0(pod: Pod): Offence | undefined {
  const bad = pod.containers
    .map((container) => ({ name: container.name, ports: container.ports.filter((port) => (asNumber(port.spec.hostPort) ?? 0) !== 0) }))
    .filter(({ ports }) => ports.length > 0);
  if (bad.length === 0) return undefined;
  const ports = bad.flatMap((container) => container.ports);
  const numbers = sortedSet(ports.map((port) => String(port.spec.hostPort)));
  return {
    reason: 'hostPort',
    detail: `${containersNamed(bad.map(({ name }) => name))} ${plural(bad.length, 'uses', 'use')} ${plural(numbers.length, 'hostPort')} ${numbers.join(', ')}`,
    paths: ports.map((port) => `${port.path}/hostPort`),
  };
}
