// A plan under the teams' time: items by what they are worth for what they take, counted with the needs that are not met yet, then improved by
// local search. The same input gives the same plan. An exact search over few items (in the tests) says how far from the best it is.

import { type Capacity, latePenalty, type Placement, type PlanItem, type Schedule, type Unplaced } from './item.ts';
import { emptyCalendar, place, worthAt } from './place.ts';

/** Passes over the items that the local search may take: four hundred for a hundred items, fewer for more. */
function swapsFor(items: number): number {
  return Math.max(40, Math.min(400, Math.floor(40_000 / Math.max(1, items))));
}

/** Plans the items. `swaps` bounds the local search; each costs one pass over the items. */
export function schedule(items: readonly PlanItem[], capacity: Capacity, swaps = swapsFor(items.length)): Schedule {
  const { sound, unplaced } = soundItems(items);
  let order = byYield(sound);
  let best = planned(order, capacity);
  const window = Math.min(order.length, 40);
  // What has begun stays where it is, and so does what it needs.
  const pinned = order.findLastIndex(({ started }) => started === true) + 1;
  let tried = 0;
  for (let improved = true; improved && tried < swaps; ) {
    improved = false;
    for (let index = pinned; index + 1 < order.length && tried < swaps; index++)
      for (let distance = 1; distance <= window && index + distance < order.length && tried < swaps; distance *= 2) {
        tried++;
        const changed = swapped(order, index, index + distance);
        const next = planned(changed, capacity);
        if (next.worth <= best.worth + 1e-9) continue;
        order = changed;
        best = next;
        improved = true;
      }
  }
  return { ...best, unplaced: [...best.unplaced, ...unplaced] };
}

/** Items whose needs are known and not in a circle. */
function soundItems(items: readonly PlanItem[]): { readonly sound: readonly PlanItem[]; readonly unplaced: readonly Unplaced[] } {
  const byId = new Map(items.map((item) => [item.id, item]));
  const unplaced: Unplaced[] = [];
  const state = new Map<string, 'open' | 'good' | 'bad'>();
  const judge = (item: PlanItem, depth: number): boolean => {
    const known = state.get(item.id);
    if (known !== undefined) return known === 'good';
    state.set(item.id, 'open');
    let reason: Unplaced | undefined;
    for (const need of item.needs) {
      const needed = byId.get(need);
      if (needed === undefined) reason = { id: item.id, reason: 'unknown-need', detail: `it needs ${need}, which is no item` };
      else if (state.get(need) === 'open' || depth > 10_000)
        reason = { id: item.id, reason: 'cyclic-needs', detail: `it needs ${need}, which needs it` };
      else if (!judge(needed, depth + 1))
        reason = { id: item.id, reason: 'needs-unplaced', detail: `it needs ${need}, which cannot be planned` };
      if (reason !== undefined) break;
    }
    if (reason !== undefined) unplaced.push(reason);
    state.set(item.id, reason === undefined ? 'good' : 'bad');
    return reason === undefined;
  };
  return { sound: items.filter((item) => judge(item, 0)), unplaced };
}

/** What is begun first; then what must be done soon; then by worth for effort, together with what is needed before. */
function byYield(items: readonly PlanItem[]): readonly PlanItem[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const done = new Set<string>();
  const order: PlanItem[] = [];
  const closure = (item: PlanItem, into: Map<string, PlanItem>): Map<string, PlanItem> => {
    for (const need of item.needs) {
      const needed = byId.get(need);
      if (needed !== undefined && !done.has(need) && !into.has(need)) closure(needed, into);
    }
    into.set(item.id, item);
    return into;
  };
  const urgency = ({ started, deadline }: PlanItem): number => (started === true ? 2 : deadline === undefined ? 0 : 1);
  const left = new Set(items);
  while (left.size > 0) {
    let best:
      | { readonly item: PlanItem; readonly group: Map<string, PlanItem>; readonly rank: readonly [number, number, number] }
      | undefined;
    for (const item of left) {
      const group = closure(item, new Map());
      let value = 0;
      let effort = 0;
      for (const member of group.values()) {
        value += member.value;
        effort += member.effort.p50;
      }
      const rank = [urgency(item), -(item.deadline ?? 0), value / Math.max(effort, 0.01)] as const;
      if (best === undefined || isBefore(rank, best.rank)) best = { item, group, rank };
    }
    if (best === undefined) break;
    for (const member of best.group.values()) {
      order.push(member);
      done.add(member.id);
      left.delete(member);
    }
  }
  return order;
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    if (value !== other) return value > other;
  }
  return false;
}

/** The plan that an order gives. An item whose needs come later in the order waits until they are placed. */
export function planned(order: readonly PlanItem[], capacity: Capacity): Schedule {
  const calendar = emptyCalendar();
  const placed = new Map<string, Placement>();
  const unplaced: Unplaced[] = [];
  const late: string[] = [];
  const refused = new Set<string>();
  let worth = 0;
  let waiting = [...order];
  for (let moved = true; moved && waiting.length > 0; ) {
    moved = false;
    const later: PlanItem[] = [];
    for (const item of waiting) {
      if (item.needs.some((need) => refused.has(need))) {
        refused.add(item.id);
        unplaced.push({ id: item.id, reason: 'needs-unplaced', detail: 'what it needs does not fit into the horizon' });
        moved = true;
        continue;
      }
      if (item.needs.some((need) => !placed.has(need))) {
        later.push(item);
        continue;
      }
      moved = true;
      const from = Math.max(0, ...item.needs.map((need) => (placed.get(need)?.end ?? -1) + 1));
      const found = place(item, from, calendar, capacity);
      if (found === undefined) {
        refused.add(item.id);
        unplaced.push({ id: item.id, reason: 'no-capacity', detail: `${item.owner} has no time left for it in the horizon` });
        continue;
      }
      placed.set(item.id, found);
      worth += worthAt(item, found.end);
      if (item.deadline !== undefined && found.end > item.deadline) late.push(item.id);
    }
    waiting = later;
  }
  for (const item of order)
    if (item.deadline !== undefined && !placed.has(item.id)) {
      late.push(item.id);
      worth -= latePenalty * item.value;
    }
  return {
    placed: [...placed.values()].sort((a, b) => a.start - b.start || a.end - b.end || (a.id < b.id ? -1 : 1)),
    unplaced,
    late,
    worth,
  };
}

function swapped(order: readonly PlanItem[], a: number, b: number): readonly PlanItem[] {
  const changed = [...order];
  const [first, second] = [changed[a], changed[b]];
  if (first !== undefined && second !== undefined) [changed[a], changed[b]] = [second, first];
  return changed;
}
