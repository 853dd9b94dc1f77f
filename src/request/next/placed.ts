// Where a new pod could run, before the controllers have made what comes with it.

import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { asList, asObject, asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import { judgeNodes, type Placement } from '../scheduling/placement.ts';
import type { State } from '../store/state.ts';

/** A pod against all nodes; claims that `isToCome` are made with it or for it, and are not asked for. */
export function placed(pod: JsonObject, state: State, isToCome: (volume: Json) => boolean): Placement {
  const namespace = asString(dig(pod, 'metadata', 'namespace')) ?? '';
  const kept = asList(dig(pod, 'spec', 'volumes')).filter((volume) => {
    const claim = asString(dig(volume, 'persistentVolumeClaim', 'claimName')) ?? `${dig(pod, 'metadata', 'name')}-${field(volume, 'name')}`;
    return !isToCome(volume) || state.get({ group: '', resource: 'persistentvolumeclaims' }, namespace, claim) !== undefined;
  });
  return judgeNodes({ ...pod, spec: { ...asObject(pod.spec), volumes: kept } } as unknown as Struct, state);
}

/** Claims of ephemeral volumes are made by a controller of their own. */
export function isEphemeral(volume: Json): boolean {
  return field(volume, 'ephemeral') !== undefined;
}
