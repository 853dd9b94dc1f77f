// How much of a node a pod takes, in the whole numbers that the scheduler counts: thousandths of a CPU, bytes, pieces. A pod that is there counts
// with the most of what it asks for, was given and has (in-place resizing; pkg/scheduler/framework/types.go, component-helpers/resource, 1.36).

import { compareQuantities, quantityIn } from '../../kube/quantity.ts';
import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { amountsIn, podAmountsWithOverhead } from '../admission/amounts.ts';

export type Counts = ReadonlyMap<string, bigint>;

/** Reads a map of resource names to quantities. */
export function countsOf(map: Struct): Counts {
  return counted(amountsIn(map));
}

/** What a pod that is to come asks for. */
export function askedBy(pod: Struct): Counts {
  return counted(podAmountsWithOverhead(pod, 'requests'));
}

const known = new WeakMap<JsonObject, Counts>();

/** What a pod takes of the node that it is on. */
export function usedBy(pod: JsonObject): Counts {
  let counts = known.get(pod);
  if (counts === undefined) {
    counts = askedBy(effective(pod as unknown as Struct));
    known.set(pod, counts);
  }
  return counts;
}

function counted(amounts: ReturnType<typeof amountsIn>): Counts {
  return new Map([...amounts].map(([name, amount]) => [name, quantityIn(amount, name === 'cpu' ? -3 : 0)]));
}

/** The pod as it would be had it asked for what it has. */
function effective(pod: Struct): Struct {
  const status = structAt(pod, 'status');
  const given = new Map(
    ['containerStatuses', 'initContainerStatuses'].flatMap((key) =>
      structsIn(status, key).flatMap((one) =>
        one.resources === undefined || one.resources === null ? [] : [[textIn(one, 'name'), one] as const],
      ),
    ),
  );
  const whole = status.resources === undefined || status.resources === null ? undefined : status;
  if (given.size === 0 && whole === undefined) return pod;
  const isInfeasible = structsIn(status, 'conditions').find((one) => textIn(one, 'type') === 'PodResizePending')?.reason === 'Infeasible';
  const raised = (holder: Struct, has: Struct | undefined): Struct => {
    if (has === undefined) return holder;
    const asks = isInfeasible ? {} : structAt(holder, 'resources', 'requests');
    const requests = most(asks, structAt(has, 'resources', 'requests'), structAt(has, 'allocatedResources'));
    return { ...holder, resources: { ...structAt(holder, 'resources'), requests } as Json };
  };
  const spec = structAt(pod, 'spec');
  const containers = structsIn(spec, 'containers').map((one) => raised(one, given.get(textIn(one, 'name'))));
  const initContainers = structsIn(spec, 'initContainers').map((one) =>
    textIn(one, 'restartPolicy') === 'Always' ? raised(one, given.get(textIn(one, 'name'))) : one,
  );
  // Only what the pod asks for as a whole is replaced by what it has as a whole.
  const names = Object.keys(structAt(spec, 'resources', 'requests'));
  const own = structAt(raised(spec, whole), 'resources', 'requests');
  const resources = { requests: Object.fromEntries(names.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]]))) };
  return { ...pod, spec: { ...spec, containers, initContainers, resources } as Json };
}

function most(...maps: readonly Struct[]): Struct {
  const result: Record<string, Json> = {};
  for (const map of maps)
    for (const [name, amount] of amountsIn(map)) {
      const before = amountsIn(result).get(name);
      const text = map[name];
      if (text !== undefined && (before === undefined || compareQuantities(amount, before) > 0)) result[name] = text;
    }
  return result;
}
