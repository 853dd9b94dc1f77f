// The addresses outside the cluster's objects, cut wherever a policy's block begins or ends: within one part, every address is treated alike.
// IPv4 and IPv6; a block's exceptions take parts away from it.

import { type Cidr, parseCidr } from '../lib/cidr.ts';

/** Addresses from `first` to `last`, both included. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** An ipBlock, or one of `networks`: a block less its exceptions. */
export interface Block {
  readonly cidr: Cidr;
  readonly except: readonly Cidr[];
}

const size = (family: 4 | 6) => 1n << (family === 4 ? 32n : 128n);

/** The addresses of a CIDR block. */
export function rangeOf({ family, first, bits }: Cidr): AddressRange {
  return { family, first, last: first + (1n << BigInt((family === 4 ? 32 : 128) - bits)) - 1n };
}

/** Cuts both families at the bounds of all blocks. The parts cover everything, in order, IPv4 first. */
export function cut(blocks: Iterable<Cidr>): readonly AddressRange[] {
  const starts = { 4: new Set([0n]), 6: new Set([0n]) };
  for (const block of blocks) {
    const { family, first, last } = rangeOf(block);
    starts[family].add(first);
    if (last + 1n < size(family)) starts[family].add(last + 1n);
  }
  return ([4, 6] as const).flatMap((family) => {
    const sorted = [...starts[family]].sort((a, b) => (a < b ? -1 : 1));
    return sorted.map((first, index) => ({ family, first, last: (sorted[index + 1] ?? size(family)) - 1n }));
  });
}

/** True where `inner` lies in `outer`. */
export function within(outer: AddressRange, inner: AddressRange): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** Ranges sorted, with overlapping and neighbouring ones joined. */
export function joined(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const found: AddressRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.family - b.family || (a.first < b.first ? -1 : 1))) {
    const before = found.at(-1);
    if (before === undefined || before.family !== range.family || range.first > before.last + 1n) found.push(range);
    else if (range.last > before.last) found[found.length - 1] = { ...before, last: range.last };
  }
  return found;
}

/** `10.0.0.0-10.255.255.255`. */
export function rangeText({ family, first, last }: AddressRange): string {
  return `${addressText(family, first)}-${addressText(family, last)}`;
}

/** The fewest CIDR blocks that make up a range: `0.0.0.0/0`. */
export function blocksOf({ family, first, last }: AddressRange): readonly string[] {
  const bits = family === 4 ? 32 : 128;
  const found: string[] = [];
  let at = first;
  while (at <= last) {
    let free = 0;
    while (free < bits && (at & ((1n << BigInt(free + 1)) - 1n)) === 0n && at + (1n << BigInt(free + 1)) - 1n <= last) free++;
    found.push(`${addressText(family, at)}/${bits - free}`);
    at += 1n << BigInt(free);
  }
  return found;
}

/** One address as it is written (IPv6: RFC 5952). */
export function addressText(family: 4 | 6, address: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 0xffn)).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((address >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (groups[at + length] === '0') length++;
    if (length > best.length) best = { at, length };
  }
  if (best.at < 0) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}

/** Reads a block of a policy; undefined where it is none. */
export function block(cidr: unknown, except: readonly unknown[] = []): Block | undefined {
  const outer = typeof cidr === 'string' ? parseCidr(cidr) : undefined;
  if (outer === undefined) return undefined;
  const holes: Cidr[] = [];
  for (const text of except) {
    const hole = typeof text === 'string' ? parseCidr(text) : undefined;
    if (hole === undefined || !within(rangeOf(outer), rangeOf(hole))) return undefined;
    holes.push(hole);
  }
  return { cidr: outer, except: holes };
}
