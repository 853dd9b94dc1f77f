// `ip` and `cidr` (Kubernetes' libraries since 1.30).

import { fn, type Library, method, readType } from '../function.ts';
import { typeOfType } from '../type.ts';
import { CelError, TypeValue } from '../value.ts';
import { Ip, IpBlock, parseBlock, parseIp } from './address.ts';

const four = (ip: Ip, shift: bigint): bigint => ip.bits >> shift;
const six = (ip: Ip, width: bigint): bigint => ip.bits >> (128n - width);
const top = (ip: Ip, multicast: bigint): boolean => (ip.family === 4 ? four(ip, 28n) === 14n : six(ip, 8n) === multicast);

const isUnspecified = (ip: Ip) => ip.bits === 0n;
const isLoopback = (ip: Ip) => (ip.family === 4 ? four(ip, 24n) === 127n : ip.bits === 1n);
const isMulticast = (ip: Ip) => top(ip, 0xffn);
const isLinkLocalMulticast = (ip: Ip) => (ip.family === 4 ? four(ip, 8n) === 0xe00000n : (six(ip, 16n) & 0xff0fn) === 0xff02n);
const isLinkLocalUnicast = (ip: Ip) => (ip.family === 4 ? four(ip, 16n) === 0xa9fen : six(ip, 10n) === 0x3fan);

function isGlobalUnicast(ip: Ip): boolean {
  if (ip.family === 4 && (ip.bits === 0n || ip.bits === 0xffffffffn)) return false;
  return !isUnspecified(ip) && !isLoopback(ip) && !isMulticast(ip) && !isLinkLocalUnicast(ip);
}

function containsBlock(outer: IpBlock, inner: IpBlock | CelError): boolean | CelError {
  if (inner instanceof CelError) return inner;
  return outer.prefix <= inner.prefix && outer.contains(inner.address);
}

export const network: Library = {
  constants: [
    { name: 'net.IP', type: typeOfType(readType('ip')), value: new TypeValue('net.IP') },
    { name: 'net.CIDR', type: typeOfType(readType('cidr')), value: new TypeValue('net.CIDR') },
  ],
  functions: [
    fn('ip', 'string_to_ip', 'string -> ip', parseIp),
    fn('isIP', 'is_ip', 'string -> bool', (text: string) => parseIp(text) instanceof Ip),
    fn('ip.isCanonical', 'ip_is_canonical', 'string -> bool', (text: string) => {
      const ip = parseIp(text);
      return ip instanceof CelError ? ip : ip.toString() === text;
    }),
    fn('string', 'ip_to_string', 'ip -> string', (ip: Ip) => ip.toString()),
    method('family', 'ip_family', 'ip -> int', (ip: Ip) => ip.family),
    method('isUnspecified', 'ip_is_unspecified', 'ip -> bool', isUnspecified),
    method('isLoopback', 'ip_is_loopback', 'ip -> bool', isLoopback),
    method('isLinkLocalMulticast', 'ip_is_link_local_multicast', 'ip -> bool', isLinkLocalMulticast),
    method('isLinkLocalUnicast', 'ip_is_link_local_unicast', 'ip -> bool', isLinkLocalUnicast),
    method('isGlobalUnicast', 'ip_is_global_unicast', 'ip -> bool', isGlobalUnicast),
    fn('cidr', 'string_to_cidr', 'string -> cidr', parseBlock),
    fn('isCIDR', 'is_cidr', 'string -> bool', (text: string) => parseBlock(text) instanceof IpBlock),
    fn('string', 'cidr_to_string', 'cidr -> string', (block: IpBlock) => block.toString()),
    method('containsIP', 'cidr_contains_ip_string', 'cidr, string -> bool', (block: IpBlock, text: string) => {
      const ip = parseIp(text);
      return ip instanceof CelError ? ip : block.contains(ip);
    }),
    method('containsIP', 'cidr_contains_ip_ip', 'cidr, ip -> bool', (block: IpBlock, ip: Ip) => block.contains(ip)),
    method('containsCIDR', 'cidr_contains_cidr_string', 'cidr, string -> bool', (block: IpBlock, text: string) =>
      containsBlock(block, parseBlock(text)),
    ),
    method('containsCIDR', 'cidr_contains_cidr', 'cidr, cidr -> bool', containsBlock),
    method('ip', 'cidr_ip', 'cidr -> ip', (block: IpBlock) => block.address),
    method('prefixLength', 'cidr_prefix_length', 'cidr -> int', (block: IpBlock) => block.prefix),
    method('masked', 'cidr_masked', 'cidr -> cidr', (block: IpBlock) => block.masked()),
  ],
};
