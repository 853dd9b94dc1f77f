// Pod Security Standards, baseline, "/proc Mount Type": the masked /proc only. From 1.35 a pod in its own user namespace (KEP-127) may
// unmask it.

import type { Pod } from '../../../kube/pod/types.ts';
import { asString } from '../../../lib/json.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { offending } from '../offending.ts';
import { containersNamed, quotedList, sortedSet } from '../wording.ts';

export const procMountBaseline: PodSecurityCheck = {
  id: 'procMount',
  level: 'baseline',
  versions: [
    { since: 0, check: procMount_1_0 },
    { since: 35, check: procMount_1_35 },
  ],
};

export function procMount_1_0(pod: Pod): Offence | undefined {
  const bad = offending(pod.containers, ({ securityContext }) => {
    const type = asString(securityContext.procMount);
    return type === 'Default' ? undefined : type;
  });
  if (bad.length === 0) return undefined;
  const types = quotedList(sortedSet(bad.map(({ what }) => what)));
  return {
    reason: 'procMount',
    detail: `${containersNamed(bad.map(({ name }) => name))} must not set securityContext.procMount to ${types}`,
    paths: bad.map(({ container }) => container.at('/securityContext/procMount')),
  };
}

function procMount_1_35(pod: Pod): Offence | undefined {
  return pod.spec.hostUsers === false ? undefined : procMount_1_0(pod);
}
