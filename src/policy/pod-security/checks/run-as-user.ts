// Pod Security Standards, restricted, "Running as Non-root user": nothing sets `runAsUser: 0`, not even where it has no effect. From 1.23;
// from 1.35 pods in their own user namespace (KEP-127) may.

import type { Pod } from '../../../kube/pod/types.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { setters } from '../wording.ts';

export const runAsUser: PodSecurityCheck = {
  id: 'runAsUser',
  level: 'restricted',
  versions: [
    { since: 23, check: runAsUser_1_23 },
    { since: 35, check: runAsUser_1_35 },
  ],
};

function runAsUser_1_23(pod: Pod): Offence | undefined {
  const ofPod = pod.securityContext.runAsUser === 0;
  const bad = pod.containers.filter((container) => container.securityContext.runAsUser === 0);
  if (!ofPod && bad.length === 0) return undefined;
  const who = setters(
    ofPod,
    bad.map(({ name }) => name),
  );
  return {
    reason: 'runAsUser=0',
    detail: `${who} must not set runAsUser=0`,
    paths: [
      ...(ofPod ? [pod.at('/securityContext/runAsUser')] : []),
      ...bad.map((container) => container.at('/securityContext/runAsUser')),
    ],
  };
}

function runAsUser_1_35(pod: Pod): Offence | undefined {
  return pod.spec.hostUsers === false ? undefined : runAsUser_1_23(pod);
}
