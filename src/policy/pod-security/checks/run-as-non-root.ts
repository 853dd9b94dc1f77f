// Pod Security Standards, restricted, "Running as Non-root": `runAsNonRoot: true` holds for every container, its own or the pod's; false is
// forbidden even where it has no effect. From 1.35 pods in their own user namespace (KEP-127) need not ask for it.

import type { Pod } from '../../../kube/pod/types.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { containersNamed, setters } from '../wording.ts';

export const runAsNonRoot: PodSecurityCheck = {
  id: 'runAsNonRoot',
  level: 'restricted',
  versions: [
    { since: 0, check: runAsNonRoot_1_0 },
    { since: 35, check: runAsNonRoot_1_35 },
  ],
};

function runAsNonRoot_1_0(pod: Pod): Offence | undefined {
  const ofPod = pod.securityContext.runAsNonRoot;
  const refusing = pod.containers.filter((container) => container.securityContext.runAsNonRoot === false);
  if (ofPod === false || refusing.length > 0) {
    const who = setters(
      ofPod === false,
      refusing.map(({ name }) => name),
    );
    return {
      reason: 'runAsNonRoot != true',
      detail: `${who} must not set securityContext.runAsNonRoot=false`,
      paths: [
        ...(ofPod === false ? [pod.at('/securityContext/runAsNonRoot')] : []),
        ...refusing.map((container) => container.at('/securityContext/runAsNonRoot')),
      ],
    };
  }
  if (ofPod === true) return undefined;
  const silent = pod.containers.filter((container) => container.securityContext.runAsNonRoot !== true);
  if (silent.length === 0) return undefined;
  return {
    reason: 'runAsNonRoot != true',
    detail: `pod or ${containersNamed(silent.map(({ name }) => name))} must set securityContext.runAsNonRoot=true`,
    paths: silent.map((container) => container.at('/securityContext/runAsNonRoot')),
  };
}

function runAsNonRoot_1_35(pod: Pod): Offence | undefined {
  return pod.spec.hostUsers === false ? undefined : runAsNonRoot_1_0(pod);
}
