// Pod Security Standards, restricted, "Volume Types": only volumes that give no direct hold on the node or the network. Unchanged since 1.0.
// A volume that names no source is an emptyDir, which is what the API server makes of it. Takes the place of the hostPath check.

import type { Member, Pod } from '../../../kube/pod/types.ts';
import { asString, field } from '../../../lib/json.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { plural, quotedList, sortedSet } from '../wording.ts';

export const restrictedVolumes: PodSecurityCheck = {
  id: 'restrictedVolumes',
  level: 'restricted',
  versions: [{ since: 0, check: restrictedVolumes_1_0, replaces: 'hostPathVolumes' }],
};

/** The sources that the level allows. */
export const allowedVolumes: readonly string[] = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const allowed = new Set(allowedVolumes);

/** The other sources of core/v1 1.37, in the order in which the first one present names the volume's type. */
const restricted = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
];

function restrictedVolumes_1_0(pod: Pod): Offence | undefined {
  const bad: { readonly volume: Member; readonly type: string }[] = [];
  for (const volume of pod.volumes) {
    if (hasAllowedSource(volume)) continue;
    const type = restricted.find((source) => sourceOf(volume, source));
    if (type !== undefined) bad.push({ volume, type });
  }
  if (bad.length === 0) return undefined;
  const types = sortedSet(bad.map(({ type }) => type));
  const names = quotedList(bad.map(({ volume }) => nameOfVolume(volume)));
  return {
    reason: 'restricted volume types',
    detail: `${plural(bad.length, 'volume')} ${names} ${plural(bad.length, 'uses', 'use')} ${plural(types.length, 'restricted volume type')} ${quotedList(types)}`,
    paths: bad.map(({ volume, type }) => `${volume.path}/${type}`),
  };
}

function hasAllowedSource(volume: Member): boolean {
  for (const source in volume.spec) if (allowed.has(source) && sourceOf(volume, source)) return true;
  return false;
}

/** True where the volume has this source; `hostPath: null` is none. */
export function sourceOf(volume: Member, source: string): boolean {
  const value = field(volume.spec, source);
  return value !== undefined && value !== null;
}

export function nameOfVolume(volume: Member): string {
  return asString(volume.spec.name) ?? '';
}
