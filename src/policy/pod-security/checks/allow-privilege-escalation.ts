// Pod Security Standards, restricted, "Privilege Escalation": every container sets `allowPrivilegeEscalation: false`. Asked for from 1.8,
// where the field came; Windows pods, which may not set it, are exempt from 1.25.

import type { Pod } from '../../../kube/pod/types.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { containersNamed } from '../wording.ts';

export const allowPrivilegeEscalation: PodSecurityCheck = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  versions: [
    { since: 8, check: allowPrivilegeEscalation_1_8 },
    { since: 25, check: allowPrivilegeEscalation_1_25 },
  ],
};

function allowPrivilegeEscalation_1_8(pod: Pod): Offence | undefined {
  const bad = pod.containers.filter((container) => container.securityContext.allowPrivilegeEscalation !== false);
  if (bad.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersNamed(bad.map((container) => container.name))} must set securityContext.allowPrivilegeEscalation=false`,
    paths: bad.map((container) => container.at('/securityContext/allowPrivilegeEscalation')),
  };
}

function allowPrivilegeEscalation_1_25(pod: Pod): Offence | undefined {
  return pod.os === 'windows' ? undefined : allowPrivilegeEscalation_1_8(pod);
}
