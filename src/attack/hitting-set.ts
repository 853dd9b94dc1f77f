// The cheapest set that has a member of every list: branch and bound over the lists, the shortest first, with the lists that share nothing as
// a lower bound. Exact within its budget; beyond it the greedy answer stands and says so.

export interface HittingSet {
  readonly chosen: ReadonlySet<string>;
  readonly cost: number;
  /** True where no cheaper set exists. */
  readonly proved: boolean;
}

/** `hittingSet([['a', 'b'], ['b', 'c']], () => 1).cost` is `1`. Lists must not be empty. */
export function hittingSet(lists: readonly (readonly string[])[], price: (id: string) => number, budget = 20_000): HittingSet {
  const minimal = undominated(lists);
  const greedy = greedily(minimal, price);
  let best = greedy;
  let left = budget;
  const search = (chosen: Set<string>, cost: number) => {
    if (left-- <= 0) return;
    const open = minimal.filter((list) => !list.some((id) => chosen.has(id)));
    if (open.length === 0) {
      if (cost < best.cost) best = { chosen: new Set(chosen), cost };
      return;
    }
    if (cost + bound(open, price) >= best.cost) return;
    const [shortest] = open.toSorted((a, b) => a.length - b.length);
    for (const id of [...(shortest ?? [])].sort((a, b) => price(a) - price(b) || count(open, b) - count(open, a))) {
      chosen.add(id);
      search(chosen, cost + price(id));
      chosen.delete(id);
    }
  };
  search(new Set(), 0);
  return { ...best, proved: left > 0 };
}

/** Lists that contain another are hit with it. */
function undominated(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const sets = [...new Map(lists.map((list) => [[...new Set(list)].sort().join('\n'), new Set(list)])).values()].sort(
    (a, b) => a.size - b.size,
  );
  const kept: ReadonlySet<string>[] = [];
  for (const set of sets) if (!kept.some((smaller) => [...smaller].every((id) => set.has(id)))) kept.push(set);
  return kept.map((set) => [...set]);
}

function count(lists: readonly (readonly string[])[], id: string): number {
  return lists.filter((list) => list.includes(id)).length;
}

/** Lists that share no member each cost at least their cheapest one. */
function bound(open: readonly (readonly string[])[], price: (id: string) => number): number {
  const used = new Set<string>();
  let sum = 0;
  for (const list of open) {
    if (list.some((id) => used.has(id))) continue;
    for (const id of list) used.add(id);
    sum += Math.min(...list.map(price));
  }
  return sum;
}

function greedily(
  lists: readonly (readonly string[])[],
  price: (id: string) => number,
): { readonly chosen: ReadonlySet<string>; readonly cost: number } {
  const chosen = new Set<string>();
  let open = lists;
  while (open.length > 0) {
    const counts = new Map<string, number>();
    for (const id of open.flat()) counts.set(id, (counts.get(id) ?? 0) + 1);
    const score = (id: string) => (counts.get(id) ?? 0) / price(id);
    const next = [...counts.keys()].reduce((top, id) => (score(id) > score(top) ? id : top), open[0]?.[0] ?? '');
    chosen.add(next);
    open = open.filter((list) => !list.includes(next));
  }
  const hits = lists.map((list) => new Set(list.filter((id) => chosen.has(id))));
  for (const id of [...chosen].sort((a, b) => price(b) - price(a))) {
    const own = hits.filter((hit) => hit.has(id));
    if (!own.every((hit) => hit.size > 1)) continue;
    chosen.delete(id);
    for (const hit of own) hit.delete(id);
  }
  return { chosen, cost: [...chosen].reduce((sum, id) => sum + price(id), 0) };
}
