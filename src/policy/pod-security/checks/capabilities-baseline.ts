// Pod Security Standards, baseline, "Capabilities": only capabilities of the usual default set may be added. Unchanged since 1.0.

import type { Pod } from '../../../kube/pod/types.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { offending } from '../offending.ts';
import { containersNamed, quotedList, sortedSet } from '../wording.ts';
import { added } from './capabilities.ts';

export const capabilitiesBaseline: PodSecurityCheck = {
  id: 'capabilities_baseline',
  level: 'baseline',
  versions: [{ since: 0, check: capabilitiesBaseline_1_0 }],
};

const allowed_1_0 = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

function capabilitiesBaseline_1_0(pod: Pod): Offence | undefined {
  const bad = offending(pod.containers, (container) => added(container, (name) => allowed_1_0.has(name)));
  if (bad.length === 0) return undefined;
  const all = bad.flatMap(({ what }) => what);
  const names = quotedList(sortedSet(all.map(({ name }) => name)));
  return {
    reason: 'non-default capabilities',
    detail: `${containersNamed(bad.map(({ name }) => name))} must not include ${names} in securityContext.capabilities.add`,
    paths: all.map(({ path }) => path),
  };
}
