// Constraints between the devices of a claim: an attribute that is the same of all, or different of each (resource.k8s.io/v1, 1.36).

import { asObject, type Json, sameJson } from '../../../lib/json.ts';
import type { Device } from './pools.ts';
import type { Constraint, Request, Way } from './request.ts';

/** What a constraint has seen: for each device, with which request it came, and the attribute. */
export type Seen = readonly { readonly request: string; readonly value: Json }[];

/** What is seen with a device more; undefined where it may not be. */
export function seenWith(constraint: Constraint, seen: Seen, request: Request, way: Way, device: Device): Seen | undefined {
  const { requests, kind } = constraint;
  if (requests.length > 0 && !requests.includes(request.name) && !requests.includes(way.name)) return seen;
  const value = attributeOf(device, constraint.attribute);
  if (value === undefined) return undefined;
  if (kind === 'same') {
    const [first] = seen;
    return first === undefined || sameValue(first.value, value) ? [...seen, { request: request.name, value }] : undefined;
  }
  // Of several devices of one request the scheduler remembers the last alone.
  const remembered = seen.filter((one, index) => !seen.slice(index + 1).some((later) => later.request === one.request));
  return remembered.some((one) => sameValue(one.value, value)) ? undefined : [...seen, { request: request.name, value }];
}

function attributeOf({ driver, json }: Device, name: string): Json | undefined {
  const attributes = asObject(json.attributes);
  if (Object.hasOwn(attributes, name)) return attributes[name];
  const slash = name.indexOf('/');
  const own = name.slice(slash + 1);
  return slash >= 0 && name.slice(0, slash) === driver && Object.hasOwn(attributes, own) ? attributes[own] : undefined;
}

const kinds = ['string', 'int', 'bool', 'version'] as const;

function sameValue(one: Json, other: Json): boolean {
  const [a, b] = [asObject(one), asObject(other)];
  const kind = kinds.find((each) => a[each] !== undefined);
  return kind !== undefined && sameJson(a[kind], b[kind]);
}
