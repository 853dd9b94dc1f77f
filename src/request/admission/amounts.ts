// Amounts of resources, added up the way the scheduler and quotas do: what runs together, or what one init container needs, whichever is more
// (k8s.io/component-helpers/resource, 1.36).

import { addQuantities, compareQuantities, formatQuantity, parseQuantity, type Quantity, quantityIn } from '../../kube/quantity.ts';
import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';

export type Amounts = ReadonlyMap<string, Quantity>;

/** Reads a map of resource names to quantities. */
export function amountsIn(map: Struct): Map<string, Quantity> {
  const found = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(map)) {
    const read = typeof text === 'string' || typeof text === 'number' ? parseQuantity(text) : undefined;
    if (read?.ok === true) found.set(name, read.value);
  }
  return found;
}

/** What the pod asks for as a whole, or is limited to. `podLevel` are the names that the pod's own resources override. */
export function podAmounts(pod: Struct, part: 'requests' | 'limits'): Map<string, Quantity> {
  const spec = structAt(pod, 'spec');
  const running = new Map<string, Quantity>();
  for (const container of structsIn(spec, 'containers')) addInto(running, amountsIn(structAt(container, 'resources', part)));
  const sidecars = new Map<string, Quantity>();
  const starting = new Map<string, Quantity>();
  for (const container of structsIn(spec, 'initContainers')) {
    const own = amountsIn(structAt(container, 'resources', part));
    if (textIn(container, 'restartPolicy') === 'Always') {
      addInto(running, own);
      addInto(sidecars, own);
      raise(starting, sidecars);
    } else {
      addInto(own, sidecars);
      raise(starting, own);
    }
  }
  raise(running, starting);
  for (const [name, amount] of amountsIn(structAt(spec, 'resources', part)))
    if (name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) running.set(name, amount);
  return running;
}

/** The same with the overhead of running a pod, which a limit has only where there is one. */
export function podAmountsWithOverhead(pod: Struct, part: 'requests' | 'limits'): Map<string, Quantity> {
  const amounts = podAmounts(pod, part);
  const overhead = amountsIn(structAt(pod, 'spec', 'overhead'));
  const added = part === 'requests' ? overhead : [...overhead].filter(([name]) => (amounts.get(name)?.mantissa ?? 0n) !== 0n);
  addInto(amounts, new Map(added));
  return amounts;
}

/** Adds every amount of the second to the first. */
export function addInto(sum: Map<string, Quantity>, more: Amounts): void {
  for (const [name, amount] of more) {
    const before = sum.get(name);
    sum.set(name, before === undefined ? amount : addQuantities(before, amount));
  }
}

function raise(most: Map<string, Quantity>, other: Amounts): void {
  for (const [name, amount] of other) {
    const before = most.get(name);
    if (before === undefined || compareQuantities(amount, before) > 0) most.set(name, amount);
  }
}

/** The amount as messages write it. */
export function shownAmount(amount: Quantity): string {
  return formatQuantity(amount);
}

/** The amount in thousandths, as a number good enough for ratios. */
export function milli(amount: Quantity): number {
  return Number(quantityIn(amount, -3));
}

/** An amount that is a count. */
export function count(value: number): Quantity {
  return { mantissa: BigInt(value), exponent: 0, format: 'decimal' };
}
