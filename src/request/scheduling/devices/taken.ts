// Devices that claims have been given: those that are had alone, and how much is taken of those that are shared. Devices had for administration
// are in nobody's way.

import type { Quantity } from '../../../kube/quantity.ts';
import { asList, asObject, asString, dig, type Json, type JsonObject } from '../../../lib/json.ts';
import { addInto, amountsIn } from '../../admission/amounts.ts';

export interface Taken {
  /** Ids, `driver/pool/device`. */
  readonly alone: ReadonlySet<string>;
  readonly shared: ReadonlyMap<string, ReadonlyMap<string, Quantity>>;
}

export function takenBy(claims: readonly JsonObject[]): Taken {
  const alone = new Set<string>();
  const shared = new Map<string, Map<string, Quantity>>();
  for (const claim of claims)
    for (const result of asList(dig(claim, 'status', 'allocation', 'devices', 'results'))) {
      const { driver, pool, device, shareID, adminAccess, consumedCapacity } = asObject(result);
      if (adminAccess === true) continue;
      const id = `${text(driver)}/${text(pool)}/${text(device)}`;
      if (shareID === undefined || shareID === null) alone.add(id);
      else {
        const sum = shared.get(id) ?? new Map<string, Quantity>();
        addInto(sum, amountsIn({ ...asObject(consumedCapacity) }));
        shared.set(id, sum);
      }
    }
  return { alone, shared };
}

function text(value: Json | undefined): string {
  return asString(value) ?? '';
}
