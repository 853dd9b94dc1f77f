// Pools of devices as a node sees them: the newest generation of their ResourceSlices, those that are for the node, whether all slices are there
// and agree (dynamic-resource-allocation/structured/internal/incubating, which the scheduler of 1.36 takes).

import { nameOf } from '../../../kube/metadata.ts';
import type { Quantity } from '../../../kube/quantity.ts';
import { asList, asNumber, asObject, asString, dig, field, type JsonObject } from '../../../lib/json.ts';
import { amountsIn } from '../../admission/amounts.ts';
import { matchesTerms } from '../node-filters.ts';
import type { Place } from '../objection.ts';

export interface Device {
  /** `driver/pool/name`. */
  readonly id: string;
  readonly driver: string;
  readonly json: JsonObject;
  /** False where the slice leaves it to each device which node it is for, and this one is for others. */
  readonly here: boolean;
  readonly pool: Pool;
}

export type Counters = ReadonlyMap<string, ReadonlyMap<string, Quantity>>;

export interface Pool {
  readonly driver: string;
  readonly name: string;
  readonly state: 'usable' | 'incomplete' | 'invalid';
  readonly devices: readonly Device[];
  /** Devices of the same pool for other nodes: what they take of shared counters counts too. */
  readonly elsewhere: readonly Device[];
  readonly counters: Counters;
}

/** The pools that may serve a node, in the order in which devices are looked for. */
export function poolsFor(place: Place, slices: readonly JsonObject[]): readonly Pool[] {
  const groups = new Map<string, JsonObject[]>();
  for (const slice of slices.filter((each) => concerns(each, place))) {
    const key = `${driverOf(slice)}\n${poolOf(slice)}`;
    const group = groups.get(key) ?? [];
    const [first] = group;
    if (first === undefined || generationOf(slice) > generationOf(first)) groups.set(key, [slice]);
    else if (generationOf(slice) === generationOf(first)) group.push(slice);
  }
  const pools = [...groups.values()].flatMap((group) => poolFrom(group, place, slices) ?? []).sort(byName);
  // What must be made ready after it was allocated comes last.
  return [...pools.filter((pool) => !mustBeReady(pool)), ...pools.filter(mustBeReady)];
}

function poolFrom(group: readonly JsonObject[], place: Place, slices: readonly JsonObject[]): Pool | undefined {
  const [first] = group;
  if (first === undefined) return undefined;
  const [driver, name] = [driverOf(first), poolOf(first)];
  const count = asNumber(dig(first, 'spec', 'pool', 'resourceSliceCount')) ?? 0;
  const all = slices.filter((each) => driverOf(each) === driver && poolOf(each) === name);
  if (group.length !== count && all.some((each) => generationOf(each) > generationOf(first))) return undefined;
  const current = group.length === count ? group : all.filter((each) => generationOf(each) === generationOf(first));
  const nothing = { driver, name, devices: [], elsewhere: [], counters: new Map() };
  if (current.length !== count) return { ...nothing, state: 'incomplete' };
  const counters = countersOf(group);
  const isShared = (slice: JsonObject) => asList(dig(slice, 'spec', 'sharedCounters')).length > 0;
  const own = [...group].filter((slice) => !isShared(slice)).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const others = current.filter((slice) => !group.includes(slice));
  const names = own.flatMap((slice) => asList(dig(slice, 'spec', 'devices')).map((device) => asString(field(device, 'name')) ?? ''));
  const isSound =
    new Set(names).size === names.length && counters !== undefined && [...own, ...others].every((each) => knows(counters, each));
  if (!isSound) return { ...nothing, state: 'invalid' };
  const devices: Device[] = [];
  const elsewhere: Device[] = [];
  const pool: Pool = { driver, name, state: 'usable', devices, elsewhere, counters };
  for (const slice of own) devices.push(...devicesOf(slice, pool, place));
  for (const slice of others) elsewhere.push(...devicesOf(slice, pool, place));
  return pool;
}

function devicesOf(slice: JsonObject, pool: Pool, place: Place): readonly Device[] {
  const eachItsOwn = dig(slice, 'spec', 'perDeviceNodeSelection') === true;
  return asList(dig(slice, 'spec', 'devices')).map((device) => {
    const json = asObject(device);
    const id = `${pool.driver}/${pool.name}/${asString(json.name) ?? ''}`;
    return { id, driver: pool.driver, json, here: !eachItsOwn || isFor(json, place), pool };
  });
}

/** True where a slice is for the node, or for others with which the node shares counters. */
function concerns(slice: JsonObject, place: Place): boolean {
  const spec = asObject(slice.spec);
  if (asList(spec.sharedCounters).length > 0) return true;
  if ((asString(spec.nodeName) ?? '') !== '' || spec.allNodes === true || (spec.nodeSelector ?? undefined) !== undefined)
    return isFor(spec, place);
  return spec.perDeviceNodeSelection === true && asList(spec.devices).some((device) => isFor(asObject(device), place));
}

function isFor({ nodeName, allNodes, nodeSelector }: JsonObject, { labels, name }: Place): boolean {
  if ((asString(nodeName) ?? '') !== '') return nodeName === name;
  return allNodes === true || ((nodeSelector ?? undefined) !== undefined && matchesTerms(nodeSelector, labels, name));
}

/** Counters by set and name; undefined where a set is there twice. */
function countersOf(group: readonly JsonObject[]): Counters | undefined {
  const found = new Map<string, ReadonlyMap<string, Quantity>>();
  for (const set of group.flatMap((slice) => asList(dig(slice, 'spec', 'sharedCounters')))) {
    const name = asString(field(set, 'name')) ?? '';
    if (found.has(name)) return undefined;
    found.set(name, countersIn(asObject(field(set, 'counters'))));
  }
  return found;
}

/** Reads a map of names to `{ value }`. */
export function countersIn(map: JsonObject): ReadonlyMap<string, Quantity> {
  return amountsIn(Object.fromEntries(Object.entries(map).map(([name, counter]) => [name, dig(counter, 'value')])));
}

function knows(counters: Counters, slice: JsonObject): boolean {
  return asList(dig(slice, 'spec', 'devices')).every((device) =>
    asList(field(device, 'consumesCounters')).every((set) => {
      const known = counters.get(asString(field(set, 'counterSet')) ?? '');
      return known !== undefined && Object.keys(asObject(field(set, 'counters'))).every((name) => known.has(name));
    }),
  );
}

function mustBeReady({ devices }: Pool): boolean {
  return devices.some(({ json }) => (json.bindingConditions ?? undefined) !== undefined);
}

function byName(a: Pool, b: Pool): number {
  if (a.driver !== b.driver) return a.driver < b.driver ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

function driverOf(slice: JsonObject): string {
  return asString(dig(slice, 'spec', 'driver')) ?? '';
}

function poolOf(slice: JsonObject): string {
  return asString(dig(slice, 'spec', 'pool', 'name')) ?? '';
}

function generationOf(slice: JsonObject): number {
  return asNumber(dig(slice, 'spec', 'pool', 'generation')) ?? 0;
}
