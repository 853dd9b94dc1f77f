// IP addresses and address blocks, IPv4 (RFC 4632) and IPv6 (RFC 4291), as Kubernetes writes them in policies and Services.
// IPv4-mapped IPv6 addresses count as IPv4, as Go's net package has it. Zones (`fe80::1%eth0`) are no addresses here.

export interface Cidr {
  readonly family: 4 | 6;
  /** The first address of the block. */
  readonly first: bigint;
  readonly bits: number;
}

/** Reads `10.0.0.0/8` or `2001:db8::/32`; bits below the prefix are cleared. Undefined where the text is no block. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? '' : text.slice(0, slash));
  const prefix = /^[0-9]{1,3}$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : -1;
  const bits = address?.bits === 32 && text.includes(':') ? prefix - 96 : prefix;
  if (address === undefined || bits < 0 || bits > address.bits) return undefined;
  const rest = BigInt(address.bits - bits);
  return { family: address.family, first: (address.first >> rest) << rest, bits };
}

/** Reads one address as the block that holds only it. */
export function parseAddress(text: string): Cidr | undefined {
  const four = ipv4(text);
  if (four !== undefined) return { family: 4, first: four, bits: 32 };
  const six = ipv6(text);
  if (six === undefined) return undefined;
  return six >> 32n === 0xffffn ? { family: 4, first: six & 0xffffffffn, bits: 32 } : { family: 6, first: six, bits: 128 };
}

/** True where every address of `inner` lies in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  if (outer.family !== inner.family || outer.bits > inner.bits) return false;
  const rest = BigInt((outer.family === 4 ? 32 : 128) - outer.bits);
  return inner.first >> rest === outer.first >> rest;
}

function ipv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function ipv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : groupsOf(half)));
  if (groups.some((half) => half === undefined)) return undefined;
  const [head = [], tail = []] = groups as readonly (readonly bigint[])[];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...new Array<bigint>(missing).fill(0n), ...tail].reduce((sum, group) => (sum << 16n) | group, 0n);
}

function groupsOf(half: string): readonly bigint[] | undefined {
  const parts = half.split(':');
  const groups: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    const embedded = index === parts.length - 1 ? ipv4(part) : undefined;
    if (embedded !== undefined) groups.push(embedded >> 16n, embedded & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}
