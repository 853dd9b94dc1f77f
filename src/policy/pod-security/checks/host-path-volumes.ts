// Pod Security Standards, baseline, "HostPath Volumes": no volume is a path of the node. Unchanged since 1.0; at level restricted the check
// of volume types takes its place.

import type { Pod } from '../../../kube/pod/types.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { plural, quotedList } from '../wording.ts';
import { nameOfVolume, sourceOf } from './restricted-volumes.ts';

export const hostPathVolumes: PodSecurityCheck = {
  id: 'hostPathVolumes',
  level: 'baseline',
  versions: [{ since: 0, check: hostPathVolumes_1_0 }],
};

function hostPathVolumes_1_0(pod: Pod): Offence | undefined {
  const bad = pod.volumes.filter((volume) => sourceOf(volume, 'hostPath'));
  if (bad.length === 0) return undefined;
  return {
    reason: 'hostPath volumes',
    detail: `${plural(bad.length, 'volume')} ${quotedList(bad.map(nameOfVolume))}`,
    paths: bad.map((volume) => `${volume.path}/hostPath`),
  };
}
