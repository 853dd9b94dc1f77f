// A claim as the allocator takes it: requests, each with one way to be met or several in the order of preference, and constraints
// (resource.k8s.io/v1, 1.36).

import { nameOf, namespaceOf } from '../../../kube/metadata.ts';
import type { Quantity } from '../../../kube/quantity.ts';
import { asList, asNumber, asObject, asString, dig, field, isObject, type Json, type JsonObject, strings } from '../../../lib/json.ts';
import { amountsIn } from '../../admission/amounts.ts';

export interface Way {
  /** `name`, or `name/alternative`. */
  readonly name: string;
  readonly className: string;
  readonly all: boolean;
  readonly count: number;
  readonly adminAccess: boolean;
  /** Expressions in CEL. */
  readonly selectors: readonly string[];
  readonly tolerations: readonly JsonObject[];
  readonly capacity: ReadonlyMap<string, Quantity>;
}

export interface Request {
  readonly name: string;
  readonly ways: readonly Way[];
  /** True where the ways are alternatives, even if there is only one. */
  readonly prioritized: boolean;
}

export interface Constraint {
  /** Requests, or alternatives of them, that it is about; all where there are none. */
  readonly requests: readonly string[];
  /** `domain/name` of the attribute. */
  readonly attribute: string;
  readonly kind: 'same' | 'distinct';
}

export interface DeviceClaim {
  /** `namespace/name`. */
  readonly title: string;
  readonly requests: readonly Request[];
  readonly constraints: readonly Constraint[];
}

/** Reads `spec.devices` of a claim; undefined where it is written in a way that is not known here. */
export function deviceClaim(claim: JsonObject): DeviceClaim | undefined {
  const devices = dig(claim, 'spec', 'devices');
  const requests = asList(field(devices, 'requests')).map(readRequest);
  const constraints = asList(field(devices, 'constraints')).map(readConstraint);
  const isKnown = [...requests, ...constraints].every((each) => each !== undefined);
  return isKnown
    ? {
        title: `${namespaceOf(claim)}/${nameOf(claim)}`,
        requests: requests.flatMap((each) => each ?? []),
        constraints: constraints.flatMap((each) => each ?? []),
      }
    : undefined;
}

function readRequest(request: Json): Request | undefined {
  const name = asString(field(request, 'name')) ?? '';
  const exactly = field(request, 'exactly');
  if (isObject(exactly)) return { name, ways: [readWay(exactly, name)], prioritized: false };
  const ways = asList(field(request, 'firstAvailable')).map((way) => readWay(way, `${name}/${asString(field(way, 'name')) ?? ''}`));
  return ways.length === 0 ? undefined : { name, ways, prioritized: true };
}

function readWay(way: Json, name: string): Way {
  return {
    name,
    className: asString(field(way, 'deviceClassName')) ?? '',
    all: field(way, 'allocationMode') === 'All',
    count: asNumber(field(way, 'count')) ?? 1,
    adminAccess: field(way, 'adminAccess') === true,
    selectors: expressions(field(way, 'selectors')),
    tolerations: asList(field(way, 'tolerations')).map(asObject),
    capacity: amountsIn({ ...asObject(dig(way, 'capacity', 'requests')) }),
  };
}

/** The expressions of a list of selectors. */
export function expressions(selectors: Json | undefined): readonly string[] {
  return asList(selectors).flatMap((selector) => asString(dig(selector, 'cel', 'expression')) ?? []);
}

function readConstraint(constraint: Json): Constraint | undefined {
  const requests = strings(field(constraint, 'requests'));
  const [same, distinct] = [asString(field(constraint, 'matchAttribute')), asString(field(constraint, 'distinctAttribute'))];
  if (same !== undefined) return { requests, attribute: same, kind: 'same' };
  return distinct === undefined ? undefined : { requests, attribute: distinct, kind: 'distinct' };
}
