// The arithmetic of a rolling update: how many pods may be too many or too few, what the newest ReplicaSet may grow to, and what the old ones
// must shrink to (pkg/controller/deployment/util and rolling.go, 1.36).

import { asNumber, asString, dig, type Json, type JsonObject } from '../../../lib/json.ts';
import { wantedOf } from './stage.ts';

export interface Rollout {
  readonly strategy: string;
  readonly replicas: number;
  /** Pods beyond those that are wanted. */
  readonly surge: number;
  /** Pods that may be missing. */
  readonly unavailable: number;
}

export function rolloutOf(deployment: JsonObject): Rollout {
  const replicas = wantedOf(deployment);
  const strategy = asString(dig(deployment, 'spec', 'strategy', 'type')) ?? 'RollingUpdate';
  if (strategy === 'Recreate') return { strategy, replicas, surge: 0, unavailable: 0 };
  const given = (key: string) => dig(deployment, 'spec', 'strategy', 'rollingUpdate', key);
  const surge = share(given('maxSurge') ?? null, replicas, Math.ceil);
  const missing = share(given('maxUnavailable') ?? null, replicas, Math.floor);
  const unavailable = surge === 0 && missing === 0 ? 1 : missing;
  return { strategy, replicas, surge, unavailable: Math.min(unavailable, replicas) };
}

function share(given: Json, replicas: number, round: (amount: number) => number): number {
  if (typeof given === 'number') return given;
  const percent = /^([0-9]+)%$/.exec(typeof given === 'string' ? given : '')?.[1];
  return percent === undefined ? 0 : round((replicas * Number(percent)) / 100);
}

/** The size of the newest set, which is `own` now; `sizes`: of all sets. */
export function newReplicas({ strategy, replicas, surge }: Rollout, sizes: readonly number[], own: number): number {
  if (strategy === 'Recreate' || own > replicas) return replicas;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return own + Math.max(0, Math.min(replicas + surge - total, replicas - own));
}

/** The old sets that must shrink, those that are not ready first, and to what size. */
export function scaledDown(
  { replicas, unavailable }: Rollout,
  newest: JsonObject,
  old: readonly JsonObject[],
): readonly (readonly [JsonObject, number])[] {
  const available = (set: JsonObject) => asNumber(dig(set, 'status', 'availableReplicas')) ?? 0;
  const total = [newest, ...old].reduce((sum, set) => sum + wantedOf(set), 0);
  const least = replicas - unavailable;
  let room = total - least - (wantedOf(newest) - available(newest));
  if (room <= 0) return [];
  const sizes = new Map<JsonObject, number>();
  for (const set of old) {
    const idle = Math.min(room, Math.max(0, wantedOf(set) - available(set)));
    if (idle === 0) continue;
    sizes.set(set, wantedOf(set) - idle);
    room -= idle;
  }
  let spare = [newest, ...old].reduce((sum, set) => sum + available(set), 0) - least;
  for (const set of old) {
    const size = sizes.get(set) ?? wantedOf(set);
    const drop = Math.min(size, Math.max(0, spare));
    if (drop === 0) continue;
    sizes.set(set, size - drop);
    spare -= drop;
  }
  return [...sizes];
}

/** The sizes of sets among which a new size is shared by what they are, the largest first (`scale` in sync.go); `maximumOf`: of all, before. */
export function shared(
  { replicas, surge }: Rollout,
  active: readonly JsonObject[],
  maximumOf: (set: JsonObject) => number,
  before: number,
): readonly (readonly [JsonObject, number])[] {
  const most = replicas > 0 ? replicas + surge : 0;
  const change = most - active.reduce((sum, set) => sum + wantedOf(set), 0);
  const since = (set: JsonObject) => asString(dig(set, 'metadata', 'creationTimestamp')) ?? '';
  const newer = (a: JsonObject, b: JsonObject) => (since(a) === since(b) ? 0 : since(a) < since(b) ? 1 : -1);
  const order = [...active].reverse().sort((a, b) => wantedOf(b) - wantedOf(a) || (change > 0 ? newer(a, b) : newer(b, a)));
  const sizes = new Map<JsonObject, number>();
  let given = 0;
  for (const set of change > 0 ? order : order.toReversed().sort((a, b) => wantedOf(b) - wantedOf(a))) {
    const own = wantedOf(set);
    const total = maximumOf(set) || before;
    const share = replicas === 0 ? -own : total === 0 ? 0 : rounded((own * (replicas + surge)) / total) - own;
    const part = change === 0 || given === change ? 0 : change > 0 ? Math.min(share, change - given) : Math.max(share, change - given);
    sizes.set(set, own + part);
    given += part;
  }
  const [largest] = sizes.keys();
  if (largest !== undefined && change !== 0) sizes.set(largest, Math.max(0, (sizes.get(largest) ?? 0) + change - given));
  return [...sizes];
}

/** Halves go away from zero. */
function rounded(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}
