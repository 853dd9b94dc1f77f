// Ranges of Services' addresses, played: each is ready, and stays as long as an address would be left without any range
// (pkg/controller/servicecidrs, 1.36). The time that allocators are given to hear of it is left out.

import { isGoing, nameOf } from '../../../kube/metadata.ts';
import { type Cidr, contains, parseAddress, parseCidr } from '../../../lib/cidr.ts';
import { asList, asObject, dig, field, type JsonObject, strings } from '../../../lib/json.ts';
import { dropFinalizer, put, withFinalizer } from '../chores/objects.ts';
import { timestamp, type World } from '../world.ts';

export const serviceRanges = { group: 'networking.k8s.io', resource: 'servicecidrs' };
export const serviceAddresses = { group: 'networking.k8s.io', resource: 'ipaddresses' };
const protection = 'networking.k8s.io/service-cidr-finalizer';

export function playServiceRanges(world: World): void {
  for (const range of world.store.list(serviceRanges)) {
    if (!isGoing(range)) say(world, withFinalizer(range, protection), range, true, '', 'Kubernetes Service CIDR is ready');
    else if (mayGo(world, range)) dropFinalizer(world, serviceRanges, range, protection);
    else {
      const advice = 'please remove them or create a new ServiceCIDR';
      say(world, range, range, false, 'Terminating', `There are still IPAddresses referencing the ServiceCIDR, ${advice}`);
    }
  }
}

function say(world: World, range: JsonObject, before: JsonObject, is: boolean, reason: string, message: string): void {
  const status = is ? 'True' : 'False';
  const conditions = asList(dig(range, 'status', 'conditions'));
  const told = conditions.find((each) => field(each, 'type') === 'Ready');
  const isTold = field(told, 'status') === status && field(told, 'reason') === reason && field(told, 'message') === message;
  if (isTold && range === before) return;
  const since = field(told, 'status') === status ? field(told, 'lastTransitionTime') : undefined;
  const ready = { type: 'Ready', status, lastTransitionTime: since ?? timestamp(world.clock.now()), reason, message };
  const others = conditions.filter((each) => each !== told);
  put(world, serviceRanges, { ...range, status: { ...asObject(range.status), conditions: [...others, ready] } });
}

function blocksOf(range: JsonObject): readonly Cidr[] {
  return strings(dig(range, 'spec', 'cidrs')).flatMap((each) => parseCidr(each) ?? []);
}

function mayGo({ store }: World, range: JsonObject): boolean {
  const others = store
    .list(serviceRanges)
    .filter((each) => nameOf(each) !== nameOf(range))
    .flatMap(blocksOf);
  const own = blocksOf(range).filter((block) => !others.some((each) => contains(each, block)));
  const addresses = own.length === 0 ? [] : store.list(serviceAddresses).flatMap((each) => parseAddress(nameOf(each)) ?? []);
  return !addresses.some((each) => own.some((block) => contains(block, each)) && !others.some((block) => contains(block, each)));
}
