// The search for devices on a node, as the scheduler makes it (dynamic-resource-allocation/structured/internal/incubating, 1.36): claim by claim,
// request by request, device by device in the order of pools, slices and devices; back and on where one leads nowhere. What is found first is taken.
// The scheduler gives up after ten seconds; here the steps are counted, and a search that takes too many is not known.

import { addQuantities, compareQuantities, type Quantity, subtractQuantities } from '../../../kube/quantity.ts';
import { asList, asObject, asString, dig, field, type JsonObject } from '../../../lib/json.ts';
import { type Consumed, consumed, hasCapacity } from './capacity.ts';
import { type Seen, seenWith } from './constraint.ts';
import { countersIn, type Device, type Pool } from './pools.ts';
import { type DeviceClaim, expressions, type Request, type Way } from './request.ts';
import type { Selected } from './selectors.ts';
import type { Taken } from './taken.ts';

export type Allocated =
  | { readonly kind: 'found' }
  /** Nothing was found. */
  | { readonly kind: 'none' }
  /** As the scheduler's errors say it. */
  | { readonly kind: 'failed'; readonly says: string }
  | { readonly kind: 'unknown'; readonly why: string };

export interface Devices {
  readonly pools: readonly Pool[];
  readonly taken: Taken;
  readonly classNamed: (name: string) => JsonObject | undefined;
  readonly select: (expression: string, device: Device) => Selected;
}

const mostResults = 32;
const mostSteps = 200_000;

/** What is given away while searching; never changed, so that going back costs nothing. */
interface Given {
  /** Claims that have a device, by the device. */
  readonly devices: ReadonlyMap<string, readonly number[]>;
  readonly shared: ReadonlyMap<string, Consumed>;
  /** Taken of counters, by pool, set and counter. */
  readonly counters: ReadonlyMap<string, Quantity>;
  /** Of the claim that is being served. */
  readonly results: number;
  readonly seen: readonly Seen[];
}

class Stopped {
  readonly allocated: Allocated;
  constructor(allocated: Allocated) {
    this.allocated = allocated;
  }
}

/** The outcome of a branch: found, nothing there, or too many devices for one claim. */
type Branch = 'found' | 'none' | 'too many';

export function allocate(claims: readonly DeviceClaim[], devices: Devices): Allocated {
  try {
    return search(claims, devices);
  } catch (thrown) {
    if (thrown instanceof Stopped) return thrown.allocated;
    throw thrown;
  }
}

function search(claims: readonly DeviceClaim[], { pools, taken, classNamed, select }: Devices): Allocated {
  const fail = (says: string): never => {
    throw new Stopped({ kind: 'failed', says });
  };
  const giveUp = (why: string): never => {
    throw new Stopped({ kind: 'unknown', why });
  };
  const usable = pools.filter(({ state }) => state === 'usable').flatMap((pool) => pool.devices);
  const available = new Map<string, Quantity>();
  for (const pool of pools) for (const [key, quantity] of left(pool, taken)) available.set(key, quantity);

  const matched = new Map<string, boolean>();
  const isSelected = (claim: number, way: Way, device: Device): boolean => {
    const key = `${claim}\n${way.name}\n${device.id}`;
    const before = matched.get(key);
    if (before !== undefined) return before;
    const group = classNamed(way.className);
    const asked = (list: readonly string[], who: string) =>
      list.every((expression, index) => {
        const answer = select(expression, device);
        if (typeof answer === 'boolean') return answer;
        return 'error' in answer ? fail(`${who}: selector #${index}: ${answer.error}`) : giveUp(answer.unknown);
      });
    const answer =
      asked(expressions(dig(group, 'spec', 'selectors')), `class ${way.className}`) &&
      asked(way.selectors, `claim ${claims[claim]?.title ?? ''}`) &&
      device.here;
    matched.set(key, answer);
    return answer;
  };
  const hasRoom = ({ capacity }: Way, device: Device, given: Given) =>
    hasCapacity(device.json, capacity, taken.shared.get(device.id), given.shared.get(device.id));

  /** How many devices each way needs; all of them by name where it wants all. */
  const wanted = new Map<Way, { readonly count: number; readonly all: readonly Device[] | undefined }>();
  for (const [index, claim] of claims.entries()) {
    let least = 0;
    for (const request of claim.requests) {
      const counts = request.ways.map((way) => {
        const says = `claim ${claim.title}, request ${wayName(request, way)}`;
        if (classNamed(way.className) === undefined)
          return fail(
            `${says}: could not retrieve device class ${way.className}: deviceclass.resource.k8s.io "${way.className}" not found`,
          );
        if (way.all)
          for (const { state, driver, name } of pools)
            if (state !== 'usable')
              return fail(
                `${says}: asks for all devices, but resource pool ${driver}/${name} is currently ${state === 'incomplete' ? 'being updated' : 'invalid'}`,
              );
        const all = way.all ? usable.filter((device) => isSelected(index, way, device) && hasRoom(way, device, nothing)) : undefined;
        wanted.set(way, { count: all?.length ?? way.count, all });
        return all?.length ?? way.count;
      });
      least += Math.min(...counts);
    }
    if (least > mostResults)
      return {
        kind: 'failed',
        says: `claim ${claim.title}: number of requested devices ${least} exceeds the claim limit of ${mostResults}`,
      };
  }

  let steps = 0;
  /** Serves claim `c` from request `r` on; where a way is chosen, from its device `d` on, which is looked for from `start` on. */
  const serve = (c: number, r: number, given: Given): Branch => {
    const claim = claims[c];
    if (claim === undefined) return 'found';
    const request = claim.requests[r];
    if (request === undefined) {
      const next = serve(c + 1, 0, { ...given, results: 0, seen: (claims[c + 1]?.constraints ?? []).map(() => []) });
      return next === 'too many' ? 'none' : next;
    }
    if (!request.prioritized) return serveWay(c, r, request.ways[0], 0, 0, given);
    let allTooMany = true;
    for (const way of request.ways) {
      const branch = serveWay(c, r, way, 0, 0, given);
      if (branch === 'found') return branch;
      if (branch === 'none') allTooMany = false;
    }
    return allTooMany ? 'too many' : 'none';
  };
  const serveWay = (c: number, r: number, way: Way | undefined, d: number, start: number, given: Given): Branch => {
    steps++;
    if (steps > mostSteps) giveUp('the search for devices takes too many steps');
    const need = way === undefined ? undefined : wanted.get(way);
    const request = claims[c]?.requests[r];
    if (way === undefined || need === undefined || request === undefined) return 'none';
    if (need.all !== undefined && need.all.length === 0) return 'none';
    if (d >= need.count) return serve(c, r + 1, given);
    if (given.results + need.count - d > mostResults) return 'too many';
    const all = need.all?.[d];
    if (all !== undefined) {
      const next = give(c, request, way, all, given, true);
      return next === undefined ? 'none' : serveWay(c, r, way, d + 1, 0, next);
    }
    for (let index = start; index < usable.length; index++) {
      steps++;
      const device = usable[index];
      if (device === undefined || isInUse(c, way, device, given) || !isSelected(c, way, device) || !hasRoom(way, device, given)) continue;
      const next = give(c, request, way, device, given, false);
      if (next === undefined) continue;
      const branch = serveWay(c, r, way, d + 1, index + 1, next);
      if (branch !== 'none') return branch;
    }
    return 'none';
  };
  const isInUse = (c: number, way: Way, { id }: Device, { devices }: Given) =>
    way.adminAccess ? devices.get(id)?.includes(c) === true : taken.alone.has(id) || (devices.get(id)?.length ?? 0) > 0;
  /** The device given to a way of a request; undefined where it may not be. */
  const give = (c: number, request: Request, way: Way, device: Device, given: Given, must: boolean): Given | undefined => {
    const { id, json } = device;
    const isShared = json.allowMultipleAllocations === true;
    if (!(isShared && way.adminAccess) && isInUse(c, way, device, given)) return undefined;
    const counters = isShared && (taken.shared.has(id) || given.shared.has(id)) ? given.counters : withCounters(device, given, available);
    if (counters === undefined || isTainted(json, way)) return undefined;
    const seen: Seen[] = [];
    for (const [index, constraint] of (claims[c]?.constraints ?? []).entries()) {
      const next = seenWith(constraint, given.seen[index] ?? [], request, way, device);
      if (next === undefined)
        return must
          ? fail(
              `claim ${claims[c]?.title ?? ''}, request ${wayName(request, way)}: cannot add device ${id} because a claim constraint would not be satisfied`,
            )
          : undefined;
      seen.push(next);
    }
    if (!hasRoom(way, device, given)) return undefined;
    const results = given.results + 1;
    if (!isShared)
      return { ...given, counters, seen, results, devices: new Map(given.devices).set(id, [...(given.devices.get(id) ?? []), c]) };
    const sum = new Map(given.shared.get(id) ?? []);
    for (const [name, amount] of consumed(json, way.capacity)) sum.set(name, addQuantities(sum.get(name) ?? zero, amount));
    return { ...given, counters, seen, results, shared: new Map(given.shared).set(id, sum) };
  };

  const branch = serve(0, 0, { ...nothing, seen: (claims[0]?.constraints ?? []).map(() => []) });
  if (branch === 'found') return { kind: 'found' };
  if (branch === 'too many') return { kind: 'failed', says: 'allocation max size exceeded' };
  return pools.some(({ state }) => state === 'invalid')
    ? { kind: 'failed', says: 'invalid resource pools were encountered' }
    : { kind: 'none' };
}

const nothing: Given = { devices: new Map(), shared: new Map(), counters: new Map(), results: 0, seen: [] };
const zero: Quantity = { mantissa: 0n, exponent: 0, format: 'decimal' };

/** Alternatives are named without the request that they belong to. */
function wayName({ prioritized }: Request, { name }: Way): string {
  return prioritized ? name.slice(name.indexOf('/') + 1) : name;
}

function isTainted(device: JsonObject, { tolerations }: Way): boolean {
  return asList(device.taints).some((taint) => {
    const effect = field(taint, 'effect');
    return (effect === 'NoSchedule' || effect === 'NoExecute') && !tolerations.some((one) => tolerates(one, asObject(taint)));
  });
}

function tolerates({ effect, key, operator, value }: JsonObject, taint: JsonObject): boolean {
  const says = (one: JsonObject[string]) => asString(one) ?? '';
  if (says(effect) !== '' && effect !== taint.effect) return false;
  if (says(key) !== '' && key !== taint.key) return false;
  return operator === 'Exists' || (['', 'Equal'].includes(says(operator)) && says(value) === says(taint.value));
}

function counterKey({ driver, name }: Pool, set: string, counter: string): string {
  return `${driver}/${name}\n${set}\n${counter}`;
}

/** Counters of a pool less what allocated devices of it take, on whatever node they are. */
function left(pool: Pool, taken: Taken): ReadonlyMap<string, Quantity> {
  const found = new Map<string, Quantity>();
  for (const [set, counters] of pool.counters)
    for (const [counter, quantity] of counters) found.set(counterKey(pool, set, counter), quantity);
  for (const device of [...pool.devices, ...pool.elsewhere])
    if (taken.alone.has(device.id) || taken.shared.has(device.id))
      for (const [key, amount] of countersOf(device)) {
        const before = found.get(key);
        if (before !== undefined) found.set(key, subtractQuantities(before, amount));
      }
  return found;
}

function countersOf({ json, pool }: Device): readonly (readonly [key: string, amount: Quantity])[] {
  return asList(json.consumesCounters).flatMap((one) =>
    [...countersIn(asObject(field(one, 'counters')))].map(
      ([name, amount]) => [counterKey(pool, asString(field(one, 'counterSet')) ?? '', name), amount] as const,
    ),
  );
}

/** What is taken with a device more; undefined where some counter of the pool does not have it. */
function withCounters(device: Device, { counters }: Given, available: ReadonlyMap<string, Quantity>): Given['counters'] | undefined {
  const own = countersOf(device);
  if (own.length === 0) return counters;
  const next = new Map(counters);
  for (const [key, amount] of own) next.set(key, addQuantities(next.get(key) ?? zero, amount));
  const prefix = `${device.pool.driver}/${device.pool.name}\n`;
  const isThere = [...available].every(([key, most]) => !key.startsWith(prefix) || compareQuantities(next.get(key) ?? zero, most) <= 0);
  return isThere ? next : undefined;
}
