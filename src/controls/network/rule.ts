// What one rule of a NetworkPolicy allows: addresses of an ipBlock without its exceptions, ports with ranges (`endPort`, inclusive).

import { type Cidr, contains, parseCidr } from '../../lib/cidr.ts';
import { asList, asNumber, asString, field, isObject, type Json, strings } from '../../lib/json.ts';

/** True where an ipBlock holds the address and none of its exceptions does. */
export function allowsAddress(ipBlock: Json | undefined, address: Cidr | undefined): boolean {
  const outer = parseCidr(asString(field(ipBlock, 'cidr')) ?? '');
  if (outer === undefined || address === undefined || !contains(outer, address)) return false;
  return !strings(field(ipBlock, 'except')).some((text) => {
    const hole = parseCidr(text);
    return hole !== undefined && contains(hole, address);
  });
}

/** True where a rule's `ports` allow this TCP port; absent or empty they allow all. Named ports never match an address. */
export function allowsPort(ports: Json | undefined, wanted: number): boolean {
  const list = asList(ports);
  return (
    list.length === 0 ||
    list.some((entry) => {
      if (!isObject(entry) || (entry.protocol ?? 'TCP') !== 'TCP') return false;
      if (entry.port === undefined) return true;
      const first = asNumber(entry.port);
      return first !== undefined && first <= wanted && wanted <= (asNumber(entry.endPort) ?? first);
    })
  );
}
