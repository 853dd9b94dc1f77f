// Pod Security Standards, restricted, "Seccomp": every container has a profile, its own or the pod's, and it is the runtime's default or one
// of the node's own. From 1.19; Windows pods, which have no seccomp, are exempt from 1.25. Takes the place of the baseline check.

import type { Pod } from '../../../kube/pod/types.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { containersNamed } from '../wording.ts';
import { allowedType, seccompProfileBaseline_1_19, seccompType } from './seccomp-profile-baseline.ts';

export const seccompProfileRestricted: PodSecurityCheck = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  versions: [
    { since: 19, check: seccompProfileRestricted_1_19, replaces: 'seccompProfile_baseline' },
    { since: 25, check: seccompProfileRestricted_1_25, replaces: 'seccompProfile_baseline' },
  ],
};

function seccompProfileRestricted_1_19(pod: Pod): Offence | undefined {
  const forbidden = seccompProfileBaseline_1_19(pod);
  if (forbidden !== undefined) return forbidden;
  const ofPod = seccompType(pod.securityContext.seccompProfile);
  if (ofPod !== undefined && allowedType(ofPod)) return undefined;
  const silent = pod.containers.filter((container) => seccompType(container.securityContext.seccompProfile) === undefined);
  if (silent.length === 0) return undefined;
  return {
    reason: 'seccompProfile',
    detail: `pod or ${containersNamed(silent.map(({ name }) => name))} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
    paths: silent.map((container) => container.at('/securityContext/seccompProfile')),
  };
}

function seccompProfileRestricted_1_25(pod: Pod): Offence | undefined {
  return pod.os === 'windows' ? undefined : seccompProfileRestricted_1_19(pod);
}
