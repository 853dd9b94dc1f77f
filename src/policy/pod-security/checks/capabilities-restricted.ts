// Pod Security Standards, restricted, "Capabilities": every container drops ALL and adds nothing but NET_BIND_SERVICE. From 1.22; Windows
// pods, which have no capabilities, are exempt from 1.25. Takes the place of the baseline check.

import type { Pod } from '../../../kube/pod/types.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { offending } from '../offending.ts';
import { containersNamed, quotedList, sortedSet } from '../wording.ts';
import { added, dropsAll } from './capabilities.ts';

export const capabilitiesRestricted: PodSecurityCheck = {
  id: 'capabilities_restricted',
  level: 'restricted',
  versions: [
    { since: 22, check: capabilitiesRestricted_1_22, replaces: 'capabilities_baseline' },
    { since: 25, check: capabilitiesRestricted_1_25, replaces: 'capabilities_baseline' },
  ],
};

function capabilitiesRestricted_1_22(pod: Pod): Offence | undefined {
  const keeping = pod.containers.filter((container) => !dropsAll(container));
  const adding = offending(pod.containers, (container) => added(container, (name) => name === 'NET_BIND_SERVICE'));
  if (keeping.length === 0 && adding.length === 0) return undefined;

  const details: string[] = [];
  if (keeping.length > 0)
    details.push(`${containersNamed(keeping.map(({ name }) => name))} must set securityContext.capabilities.drop=["ALL"]`);
  const all = adding.flatMap(({ what }) => what);
  if (adding.length > 0) {
    const names = quotedList(sortedSet(all.map(({ name }) => name)));
    details.push(`${containersNamed(adding.map(({ name }) => name))} must not include ${names} in securityContext.capabilities.add`);
  }
  return {
    reason: 'unrestricted capabilities',
    detail: details.join('; '),
    paths: [...keeping.map((container) => container.at('/securityContext/capabilities/drop')), ...all.map(({ path }) => path)],
  };
}

function capabilitiesRestricted_1_25(pod: Pod): Offence | undefined {
  return pod.os === 'windows' ? undefined : capabilitiesRestricted_1_22(pod);
}
