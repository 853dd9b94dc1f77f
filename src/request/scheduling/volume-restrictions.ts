// VolumeRestrictions and VolumeZone (pkg/scheduler/framework/plugins, 1.36): claims for one pod alone, disks that a pod names itself and that
// another has, volumes whose labels name a zone or a region.

import { namespaceOf } from '../../kube/metadata.ts';
import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asObject, asString, dig, type Json, type JsonObject, sameJson, stringMap, strings } from '../../lib/json.ts';
import type { State } from '../store/state.ts';
import { claimNamed, isGiven, namedClaims, volumeNamed, volumesResource } from './claims.ts';
import { type Filter, type Objection, objects, type Place, type Plugin } from './objection.ts';

const namesOf = (pod: Struct) =>
  namedClaims(pod)
    .filter(({ ephemeral }) => !ephemeral)
    .map(({ name }) => name);

/** The first claim that the pod names and that is not there. */
export function claimMissing(pod: Struct, state: State): Objection | undefined {
  const name = namesOf(pod).find((each) => claimNamed(pod, each, state) === undefined);
  if (name === undefined) return undefined;
  const says = `persistentvolumeclaim "${name}" not found`;
  return { plugin: 'VolumeRestrictions', says, why: `there is no PersistentVolumeClaim ${name}`, resolvable: false };
}

export function volumeRestrictions(pod: Struct, places: readonly Place[], state: State): Plugin {
  const alone = new Set(
    namesOf(pod).filter((name) => strings(dig(claimNamed(pod, name, state), 'spec', 'accessModes')).includes('ReadWriteOncePod')),
  );
  const disks = structsIn(structAt(pod, 'spec'), 'volumes').filter(isDisk);
  const namespace = textIn(structAt(pod, 'metadata'), 'namespace');
  const here = places.flatMap(({ pods }) => pods.filter((other) => namespaceOf(other) === namespace));
  const inUse = new Set(here.flatMap((other) => namesOf(other as unknown as Struct)));
  const taken = [...alone].filter((name) => inUse.has(name)).length;
  if (disks.length === 0 && taken === 0) return { filter: () => [] };
  const prepared = (count: number): Plugin => ({
    filter: ({ pods }) =>
      [
        ...objects(
          pods.some((other) =>
            structsIn(structAt(other as unknown as Struct, 'spec'), 'volumes').some((own) => disks.some((disk) => meets(disk, own))),
          ),
          { plugin, says: 'node(s) had no available disk', why: 'another pod on the node has a disk of this pod', resolvable: true },
        ),
        ...objects(count > 0, {
          plugin,
          says: 'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
          why: 'another pod has the claim, which is for one pod alone',
          resolvable: true,
        }),
      ].slice(0, 1),
    // By name only: the scheduler does not ask in which namespace the claim of the pod is that goes.
    moved: (other, _place, by) => prepared(count + by * namesOf(other as unknown as Struct).filter((name) => alone.has(name)).length),
  });
  return prepared(taken);
}

const plugin = 'VolumeRestrictions';
const diskKinds = ['gcePersistentDisk', 'awsElasticBlockStore', 'iscsi', 'rbd'] as const;

function isDisk(volume: Struct): boolean {
  return diskKinds.some((kind) => isGiven(volume[kind]));
}

/** True where both name the same disk, unless both only read it. */
function meets(volume: Struct, other: Struct): boolean {
  return diskKinds.some((kind) => {
    const [one, two] = [asObject(volume[kind]), asObject(other[kind])];
    if (!isGiven(volume[kind]) || !isGiven(other[kind])) return false;
    const same = (key: string) => sameJson(one[key] ?? '', two[key] ?? '');
    if (kind === 'awsElasticBlockStore') return same('volumeID');
    if (one.readOnly === true && two.readOnly === true) return false;
    if (kind === 'gcePersistentDisk') return same('pdName');
    if (kind === 'iscsi') return same('iqn');
    return strings(one.monitors).some((monitor) => strings(two.monitors).includes(monitor)) && same('pool') && same('image');
  });
}

/** What speaks against the pod before any node is looked at: volumes that are not there. */
export function volumeMissing(pod: Struct, state: State): Objection | undefined {
  const volume = namesOf(pod)
    .map((name) => volumeNamed(claimNamed(pod, name, state) ?? {}))
    .find((name) => name !== '' && state.get(volumesResource, '', name) === undefined);
  if (volume === undefined) return undefined;
  const says = `persistentvolume "${volume}" not found`;
  return { plugin: 'VolumeZone', says, why: `the volume ${volume}, which a claim is bound to, is not there`, resolvable: false };
}

const zoneLabels = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'].flatMap((label) => [
  label,
  label.replace('topology.kubernetes.io', 'failure-domain.beta.kubernetes.io'),
]);

export function volumeZone(pod: Struct, state: State): Filter {
  const wanted = namesOf(pod)
    .map((name) => state.get(volumesResource, '', volumeNamed(claimNamed(pod, name, state) ?? {})))
    .flatMap((volume) => zonesOf(volume));
  if (wanted.length === 0) return () => [];
  return ({ labels }) => {
    if (!zoneLabels.some((label) => Object.hasOwn(labels, label))) return [];
    const fits = ({ label, zones }: Zones) => {
      const own = labels[label] ?? labels[label.replace('failure-domain.beta.kubernetes.io', 'topology.kubernetes.io')];
      return own !== undefined && zones.includes(own);
    };
    return objects(!wanted.every(fits), {
      plugin: 'VolumeZone',
      says: 'node(s) had no available volume zone',
      why: 'a volume of the pod is in another zone',
      resolvable: false,
    });
  };
}

interface Zones {
  readonly label: string;
  readonly zones: readonly string[];
}

/** Several zones are written with `__` between them; a label that leaves one empty is not looked at. */
function zonesOf(volume: JsonObject | undefined): readonly Zones[] {
  const labels: Readonly<Record<string, Json>> = stringMap(dig(volume, 'metadata', 'labels'));
  return zoneLabels.flatMap((label) => {
    const zones = asString(labels[label])
      ?.split('__')
      .map((zone) => zone.trim());
    return zones === undefined || zones.includes('') ? [] : [{ label, zones }];
  });
}
