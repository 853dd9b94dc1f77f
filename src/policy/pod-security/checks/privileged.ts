// Pod Security Standards, baseline, "Privileged Containers": `privileged` must not be true in any container. Unchanged since 1.0.

import type { Pod } from '../../../kube/pod/types.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { containersNamed } from '../wording.ts';

export const privileged: PodSecurityCheck = {
  id: 'privileged',
  level: 'baseline',
  versions: [{ since: 0, check: privileged_1_0 }],
};

function privileged_1_0(pod: Pod): Offence | undefined {
  const bad = pod.containers.filter((container) => container.securityContext.privileged === true);
  if (bad.length === 0) return undefined;
  return {
    reason: 'privileged',
    detail: `${containersNamed(bad.map((container) => container.name))} must not set securityContext.privileged=true`,
    paths: bad.map((container) => container.at('/securityContext/privileged')),
  };
}
