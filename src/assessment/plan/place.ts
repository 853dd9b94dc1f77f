// One order of items made into a plan: each goes where its owner has time first, after what it needs. Work of more than a sprint runs on into
// the next ones; an owner has no more items under way than the limit says.

import { type Capacity, discount, latePenalty, type Placement, type PlanItem } from './item.ts';

/** The time that is left, by owner and sprint. */
export interface Calendar {
  readonly free: Map<string, number[]>;
  readonly underWay: Map<string, number[]>;
}

export function emptyCalendar(): Calendar {
  return { free: new Map(), underWay: new Map() };
}

function timeOf(calendar: Calendar, owner: string, capacity: Capacity): { readonly free: number[]; readonly underWay: number[] } {
  let free = calendar.free.get(owner);
  if (free === undefined) {
    const days = Object.hasOwn(capacity.days, owner) ? (capacity.days[owner] ?? 0) : capacity.otherwise;
    free = Array.from({ length: capacity.sprints }, (_, sprint) => (isFrozen(capacity, owner, sprint) ? 0 : Math.max(0, days)));
    calendar.free.set(owner, free);
  }
  let underWay = calendar.underWay.get(owner);
  if (underWay === undefined) {
    underWay = Array.from({ length: capacity.sprints }, () => 0);
    calendar.underWay.set(owner, underWay);
  }
  return { free, underWay };
}

function isFrozen({ freezes = [] }: Capacity, owner: string, sprint: number): boolean {
  return freezes.some((freeze) => freeze.sprint === sprint && (freeze.owner === '*' || freeze.owner === owner));
}

/** The first place for an item that begins no earlier than `from`; takes the time out of the calendar. Undefined where there is none. */
export function place(item: PlanItem, from: number, calendar: Calendar, capacity: Capacity): Placement | undefined {
  const { free, underWay } = timeOf(calendar, item.owner, capacity);
  for (let start = from; start < capacity.sprints; start++) {
    const taken = take(item.effort.p50, start, free, underWay, capacity.workInProgress);
    if (taken === undefined) continue;
    for (const [sprint, days] of taken.entries()) {
      if (days < 0) continue;
      free[sprint] = (free[sprint] ?? 0) - days;
      underWay[sprint] = (underWay[sprint] ?? 0) + 1;
    }
    return { id: item.id, start, end: taken.length - 1 };
  }
  return undefined;
}

/** Days taken in each sprint up to the last one, -1 where the item is not under way; undefined where it does not begin or end there. */
function take(
  effort: number,
  start: number,
  free: readonly number[],
  underWay: readonly number[],
  limit: number,
): readonly number[] | undefined {
  const days: number[] = Array.from({ length: start }, () => -1);
  let left = effort;
  for (let sprint = start; sprint < free.length; sprint++) {
    if ((underWay[sprint] ?? 0) >= limit) return undefined;
    const part = Math.min(left, free[sprint] ?? 0);
    if (sprint === start && part <= 0 && left > 0) return undefined;
    days.push(part);
    left -= part;
    if (left <= 1e-9) return days;
  }
  return undefined;
}

/** What an item that is done at the end of a sprint counts for; negative where a deadline is missed. */
export function worthAt(item: PlanItem, end: number): number {
  const worth = item.value * discount ** end;
  return item.deadline !== undefined && end > item.deadline ? worth - latePenalty * item.value : worth;
}
