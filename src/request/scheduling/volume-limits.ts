// NodeVolumeLimits (pkg/scheduler/framework/plugins/nodevolumelimits, 1.36): how many volumes of a driver a node takes, as its CSINode says it.
// Counted are the volumes of the pods there, and those that are attached; one that several pods use counts once. Left out: in-tree disks that
// are called by the names of their CSI drivers.

import { nameOf, namespaceOf } from '../../kube/metadata.ts';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { asList, asNumber, asString, dig, field, type JsonObject } from '../../lib/json.ts';
import type { State } from '../store/state.ts';
import { claimNamed, classNameOf, classOf, namedClaims, volumeNamed, volumesResource } from './claims.ts';
import { type Filter, objects } from './objection.ts';

export function nodeVolumeLimits(pod: Struct, state: State): Filter {
  const own = volumesOf(pod, state);
  if (own.size === 0) return () => [];
  const known = new WeakMap<JsonObject, ReadonlyMap<string, string>>();
  const volumesOnce = (other: JsonObject) => {
    const volumes = known.get(other) ?? volumesOf(other as unknown as Struct, state);
    known.set(other, volumes);
    return volumes;
  };
  const attachments = state.list({ group: 'storage.k8s.io', resource: 'volumeattachments' });
  return ({ name, pods }) => {
    const limits = limitsOf(name, state);
    if (limits.size === 0) return [];
    const there = new Map(pods.flatMap((other) => [...volumesOnce(other)]));
    // A volume of the pod that is attached already and used by nobody counts twice: so does the scheduler.
    const attached = attachments.flatMap((attachment) => attachedTo(name, attachment, state)).filter(([volume]) => !there.has(volume));
    const fresh = [...own].filter(([volume]) => !there.has(volume));
    const counted = (volumes: Iterable<readonly [string, string]>, driver: string) =>
      [...volumes].filter(([, each]) => each === driver).length;
    const full = [...limits].find(([driver, most]) => {
      const more = counted(fresh, driver);
      return more > 0 && counted(there, driver) + counted(new Map(attached), driver) + more > most;
    });
    return objects(full !== undefined, {
      plugin: 'NodeVolumeLimits',
      says: 'node(s) exceed max volume count',
      why: `the node takes no more than ${full?.[1]} volumes of ${full?.[0]}`,
      resolvable: true,
    });
  };
}

function attachedTo(node: string, attachment: JsonObject, state: State): readonly (readonly [volume: string, driver: string])[] {
  const attacher = asString(dig(attachment, 'spec', 'attacher')) ?? '';
  const volume = asString(dig(attachment, 'spec', 'source', 'persistentVolumeName'));
  if (dig(attachment, 'spec', 'nodeName') !== node || attacher === '' || volume === undefined) return [];
  const handle = asString(dig(state.get(volumesResource, '', volume), 'spec', 'csi', 'volumeHandle'));
  return handle === undefined ? [] : [[`${attacher}/${handle}`, attacher]];
}

function limitsOf(node: string, state: State): ReadonlyMap<string, number> {
  const csiNode = state.get({ group: 'storage.k8s.io', resource: 'csinodes' }, '', node);
  return new Map(
    asList(dig(csiNode, 'spec', 'drivers')).flatMap((driver) => {
      const count = asNumber(dig(driver, 'allocatable', 'count'));
      return count === undefined ? [] : [[asString(field(driver, 'name')) ?? '', count] as const];
    }),
  );
}

/** The drivers of a pod's volumes, by what tells each volume from others: its handle, or the claim that it is to be made for. */
function volumesOf(pod: Struct, state: State): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name } of namedClaims(pod)) {
    const claim = claimNamed(pod, name, state);
    if (claim === undefined) continue;
    const volume = state.get(volumesResource, '', volumeNamed(claim));
    const driver =
      asString(volume === undefined ? field(classOf(claim, state), 'provisioner') : dig(volume, 'spec', 'csi', 'driver')) ?? '';
    const handle = volume === undefined ? `\n${namespaceOf(claim)}/${nameOf(claim)}` : asString(dig(volume, 'spec', 'csi', 'volumeHandle'));
    if (driver === '' || (handle ?? '') === '' || (volume === undefined && classNameOf(claim) === '')) continue;
    found.set(`${driver}/${handle}`, driver);
  }
  return found;
}
