// Pod Security Standards, restricted, "Capabilities": every container drops ALL and adds nothing but NET_BIND_SERVICE. From 1.22; Windows
// pods, which have no capabilities, are exempt from 1.25. Takes the place of the baseline check.

import type { Pod } from '../../../kube/pod/types.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { containersNamed, quotedList, sortedSet } from '../wording.ts';
import { capabilities } from './capabilities.ts';

export const capabilitiesRestricted: PodSecurityCheck = {
  id: 'capabilities_restricted',
  level: 'restricted',
  versions: [
    { since: 22, check: capabilitiesRestricted_1_22, replaces: 'capabilities_baseline' },
    { since: 25, check: capabilitiesRestricted_1_25, replaces: 'capabilities_baseline' },
  ],
};

function capabilitiesRestricted_1_22(pod: Pod): Offence | undefined {
  const keeping = pod.containers.filter((container) => !capabilities(container, 'drop').some(({ name }) => name === 'ALL'));
  const adding = pod.containers
    .map((container) => ({ name: container.name, added: capabilities(container, 'add').filter(({ name }) => name !== 'NET_BIND_SERVICE') }))
    .filter(({ added }) => added.length > 0);
  if (keeping.length === 0 && adding.length === 0) return undefined;

  const details: string[] = [];
  if (keeping.length > 0)
    details.push(`${containersNamed(keeping.map(({ name }) => name))} must set securityContext.capabilities.drop=["ALL"]`);
  const added = adding.flatMap((container) => container.added);
  if (adding.length > 0) {
    const names = quotedList(sortedSet(added.map(({ name }) => name)));
    details.push(`${containersNamed(adding.map(({ name }) => name))} must not include ${names} in securityContext.capabilities.add`);
  }
  return {
    reason: 'unrestricted capabilities',
    detail: details.join('; '),
    paths: [...keeping.map((container) => container.at('/securityContext/capabilities/drop')), ...added.map(({ path }) => path)],
  };
}

function capabilitiesRestricted_1_25(pod: Pod): Offence | undefined {
  return pod.os === 'windows' ? undefined : capabilitiesRestricted_1_22(pod);
}
