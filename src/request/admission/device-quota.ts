// What a ResourceClaim uses of a quota: itself, and of each device class the devices it asks for, in the worst case
// (kubernetes pkg/quota/v1/evaluator/core/resource_claims.go, 1.36). Left out: extended resources that a device class stands for.

import { addQuantities, compareQuantities, type Quantity } from '../../kube/quantity.ts';
import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asNumber } from '../../lib/json.ts';
import { type Amounts, count } from './amounts.ts';

const perClass = '.deviceclass.resource.k8s.io/devices';
const claims = 'count/resourceclaims.resource.k8s.io';
/** As many devices as an allocation can hold. */
const most = 32;

/** True for the names under which quotas count claims. */
export function countsClaims(name: string): boolean {
  return name === claims || name.endsWith(perClass);
}

/** What a claim would use. */
export function claimUsage(claim: Struct): Amounts {
  const usage = new Map<string, Quantity>([[claims, count(1)]]);
  for (const request of structsIn(structAt(claim, 'spec', 'devices'), 'requests')) {
    const alternatives = structsIn(request, 'firstAvailable');
    const worst = new Map<string, Quantity>();
    for (const each of alternatives.length > 0 ? alternatives : [structAt(request, 'exactly')]) {
      const name = `${textIn(each, 'deviceClassName')}${perClass}`;
      const devices = devicesOf(each);
      const known = worst.get(name);
      if (known === undefined || compareQuantities(devices, known) > 0) worst.set(name, devices);
    }
    for (const [name, devices] of worst) usage.set(name, addQuantities(usage.get(name) ?? count(0), devices));
  }
  return usage;
}

function devicesOf(request: Struct): Quantity {
  switch (textIn(request, 'allocationMode')) {
    case 'ExactCount':
      return count(asNumber(request.count) ?? 0);
    case 'All':
      return count(most);
    default:
      return count(0);
  }
}
