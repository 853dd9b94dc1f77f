// DynamicResources (pkg/scheduler/framework/plugins/dynamicresources, 1.36): whether the claims of devices that a pod makes can be had on a node,
// those that were given already and those that are to be given; extended resources that devices stand for.

import { nameOf, namespaceOf, uidOf } from '../../../kube/metadata.ts';
import { type Struct, structAt, structsIn, textIn } from '../../../kube/schema/defaults/struct.ts';
import { asList, asString, dig, field, type JsonObject } from '../../../lib/json.ts';
import type { State } from '../../store/state.ts';
import { isFor, isGiven } from '../claims.ts';
import { matchesTerms } from '../node-filters.ts';
import type { Filter, Objection, Place } from '../objection.ts';
import { askedBy, countsOf } from '../requests.ts';
import { allocate } from './allocate.ts';
import { classFor, classNamed } from './classes.ts';
import { extendedClaim } from './extended.ts';
import { poolsFor } from './pools.ts';
import { type DeviceClaim, deviceClaim } from './request.ts';
import { selecting } from './selectors.ts';
import { takenBy } from './taken.ts';

export interface DynamicResources {
  /** What keeps the pod from being looked at at all: the scheduler says nothing then. */
  readonly waiting: Objection | undefined;
  /** What speaks against the pod before any node is looked at. */
  readonly before: Objection | undefined;
  readonly filter: Filter;
  /** What the scheduler says of giving claims back, where these nodes were refused for their sake. */
  readonly deallocation: (nodes: readonly string[]) => string;
  /** What was not found out, once nodes were asked. */
  readonly unknown: () => readonly string[];
}

const plugin = 'DynamicResources';
const claimsResource = { group: 'resource.k8s.io', resource: 'resourceclaims' };
const noClaims = 'no new claims to deallocate';

const refuse = (says: string, why: string): Objection => ({ plugin, says, why, resolvable: false });

export function dynamicResources(pod: Struct, places: readonly Place[], state: State): DynamicResources {
  const claimed = structsIn(structAt(pod, 'spec'), 'resourceClaims').map((one) => claimOf(pod, one, state));
  const asked = new Map([...askedBy(pod)].filter(([name, amount]) => amount > 0n && classFor(name, state) !== undefined));
  const nothing = { waiting: undefined, before: undefined, filter: () => [], deallocation: () => noClaims, unknown: () => [] };
  if (claimed.length + asked.size === 0) return nothing;
  const waiting = claimed.find((one): one is Objection => 'plugin' in one);
  const claims = claimed.filter((one): one is JsonObject => !('plugin' in one) && nameOf(one) !== '');
  if (waiting !== undefined) return { ...nothing, waiting: { ...waiting, plugin: 'PreEnqueue' } };
  const before = classMissing(claims, state);
  if (before !== undefined) return { ...nothing, before };
  return prepared(pod, claims, asked, places, state);
}

function prepared(
  pod: Struct,
  claims: readonly JsonObject[],
  asked: ReadonlyMap<string, bigint>,
  places: readonly Place[],
  state: State,
): DynamicResources {
  const slices = state.list({ group: 'resource.k8s.io', resource: 'resourceslices' });
  const taken = takenBy(state.list(claimsResource));
  const select = selecting();
  const toCome = claims.filter((claim) => !isGiven(dig(claim, 'status', 'allocation')));
  const read = toCome.map(deviceClaim);
  const isOld = [...slices, ...toCome].some(
    (one) => !['resource.k8s.io/v1', 'resource.k8s.io/v1beta2'].includes(asString(one.apiVersion) ?? 'resource.k8s.io/v1'),
  );
  const unknown = new Set<string>();
  if (isOld || read.includes(undefined)) unknown.add('claims and slices of devices in versions before v1beta2 are not looked at');
  const unavailable = new Map<string, readonly JsonObject[]>();
  const filter: Filter = (place) => {
    const allocatable = countsOf(structAt(place.node, 'status', 'allocatable'));
    const extended = new Map([...asked].filter(([name]) => (allocatable.get(name) ?? 0n) === 0n));
    if (claims.length === 0 && extended.size === 0) return [];
    if (claims.length > 0 && asked.size > 0 && extended.size === 0)
      unknown.add(
        `binding fails on ${place.name} in 1.36, which has ${[...asked.keys()].join(', ')} itself, for pods that claim devices too`,
      );
    const away = claims.filter((claim) => {
      const selector = dig(claim, 'status', 'allocation', 'nodeSelector');
      return (isGiven(selector) && !matchesTerms(selector, place.labels, place.name)) || hasFailed(claim);
    });
    if (toCome.length > 0 || asked.size > 0) {
      if (isOld || read.includes(undefined)) return [];
      const special: readonly DeviceClaim[] = asked.size === 0 ? [] : [extendedClaim(pod, extended, state)];
      const wanted = [...read.flatMap((one) => one ?? []), ...special];
      const found = allocate(wanted, { pools: poolsFor(place, slices), taken, classNamed: (name) => classNamed(name, state), select });
      if (found.kind === 'none') return [refuse('cannot allocate all claims', 'the devices that the pod claims are not free on the node')];
      if (found.kind === 'failed')
        return [{ ...refuse(found.says, found.says), ...(found.says.startsWith('invalid ') ? {} : { failed: true }) }];
      if (found.kind === 'unknown') unknown.add(`whether ${place.name} has the devices that the pod claims is not known: ${found.why}`);
    }
    unavailable.set(place.name, away);
    return away.length === 0
      ? []
      : [
          refuse(
            'resourceclaim not available on the node',
            `ResourceClaim ${away.map(nameOf).join(', ')} was given devices that the node cannot reach`,
          ),
        ];
  };
  const deallocation = (nodes: readonly string[]) => {
    const uid = uidOf(pod as unknown as JsonObject);
    const isFree = (claim: JsonObject) => {
      const reserved = asList(dig(claim, 'status', 'reservedFor'));
      return reserved.length === 0 || (reserved.length === 1 && uid !== '' && field(reserved[0], 'uid') === uid);
    };
    const isThere = nodes.some((node) => (unavailable.get(node) ?? []).some(isFree));
    return isThere ? 'deallocation of ResourceClaim completed' : 'still not schedulable';
  };
  return {
    waiting: undefined,
    before: undefined,
    filter,
    deallocation: places.length === 0 ? () => noClaims : deallocation,
    unknown: () => [...unknown],
  };
}

/** The claim that a pod names or that was made for it; an empty object where none is needed. */
function claimOf(pod: Struct, one: Struct, state: State): JsonObject | Objection {
  const own = pod as unknown as JsonObject;
  const named = asString(one.resourceClaimName as string | undefined);
  const made = structsIn(structAt(pod, 'status'), 'resourceClaimStatuses').find((each) => textIn(each, 'name') === textIn(one, 'name'));
  if (named === undefined && made === undefined)
    return refuse(
      `pod "${namespaceOf(own)}/${nameOf(own)}": ResourceClaim not created yet`,
      `the ResourceClaim for ${textIn(one, 'name')} is not made yet`,
    );
  const name = named ?? (made === undefined ? '' : textIn(made, 'resourceClaimName'));
  if (name === '') return {};
  const claim = state.get(claimsResource, namespaceOf(own), name);
  if (claim === undefined) return refuse(`resourceclaim.resource.k8s.io "${name}" not found`, `there is no ResourceClaim ${name}`);
  if (isGiven(dig(claim, 'metadata', 'deletionTimestamp')))
    return refuse(`resourceclaim "${name}" is being deleted`, `ResourceClaim ${name} is being deleted`);
  if (named === undefined && !isFor(pod, claim))
    return refuse(`ResourceClaim ${name} was not created for the pod`, `ResourceClaim ${name} was not made for this pod`);
  return claim;
}

function classMissing(claims: readonly JsonObject[], state: State): Objection | undefined {
  for (const claim of claims) {
    if (isGiven(dig(claim, 'status', 'allocation'))) continue;
    for (const { ways } of deviceClaim(claim)?.requests ?? [])
      for (const { name, className } of ways)
        if (classNamed(className, state) === undefined)
          return refuse(
            `request ${name}: device class ${className} does not exist`,
            `there is no DeviceClass ${className}, which request ${name} wants`,
          );
  }
  return undefined;
}

/** True where devices of the claim could not be made ready for their node. */
function hasFailed(claim: JsonObject): boolean {
  const results = asList(dig(claim, 'status', 'allocation', 'devices', 'results'));
  return results.some((result) => {
    const failures = asList(field(result, 'bindingFailureConditions'));
    const same = (key: string) => (one: unknown) => field(one, key) === field(result, key);
    const device = asList(dig(claim, 'status', 'devices')).find((one) => ['driver', 'pool', 'device'].every((key) => same(key)(one)));
    return asList(field(device, 'conditions')).some(
      (one) => field(one, 'status') === 'True' && failures.includes(field(one, 'type') ?? ''),
    );
  });
}
