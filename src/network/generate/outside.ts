// Addresses outside the cluster as blocks of a policy. A few are written one by one; many of one neighbourhood as one block; clients from
// everywhere as "any address but the private ones", so that plug-ins whose blocks match pods let no pod in by it.

import { type Cidr, contains, parseAddress, parseCidr } from '../../lib/cidr.ts';
import type { JsonObject } from '../../lib/json.ts';
import { addressText } from '../address-space.ts';
import type { SeenAddress } from '../flows/observe.ts';

/** Addresses of one neighbourhood (IPv4: /24, IPv6: /64) that are written one by one. */
const mostSingles = 8;
const mostBlocks = 32;

const privateFour = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];
const privateSix = ['fc00::/7', 'fe80::/10'];

/** Any public address, of both families. */
export const anywhere: readonly JsonObject[] = [
  { cidr: '0.0.0.0/0', except: privateFour },
  { cidr: '::/0', except: privateSix },
];

/** The blocks that hold these addresses; `more` says that there were others that are not listed. */
export function blocksFor(seen: readonly Pick<SeenAddress, 'address'>[], more: number): readonly JsonObject[] {
  const addresses = seen.flatMap(({ address }) => parseAddress(address) ?? []);
  const singles = (list: readonly Cidr[]) => [...new Set(list.map((one) => `${addressText(one.family, one.first)}/${one.bits}`))];
  const publicOnes = addresses.filter((address) => !isPrivate(address));
  const privateOnes = addresses.filter(isPrivate);
  const near = Map.groupBy(publicOnes, neighbourhood);
  const merged = [...near].flatMap(([block, members]) => {
    const own = singles(members);
    return own.length <= mostSingles ? own : [block];
  });
  const blocks = more > 0 || merged.length > mostBlocks ? anywhere : merged.sort().map((cidr) => ({ cidr }));
  return [
    ...blocks,
    ...singles(privateOnes)
      .sort()
      .map((cidr) => ({ cidr })),
  ];
}

function neighbourhood({ family, first }: Cidr): string {
  const bits = family === 4 ? 24 : 64;
  const rest = BigInt((family === 4 ? 32 : 128) - bits);
  return `${addressText(family, (first >> rest) << rest)}/${bits}`;
}

const privates = [...privateFour, ...privateSix].flatMap((text) => parseCidr(text) ?? []);

function isPrivate(address: Cidr): boolean {
  return privates.some((block) => contains(block, address));
}
