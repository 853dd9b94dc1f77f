// The quality-of-service class of a new pod (pkg/apis/core/helper/qos, Kubernetes 1.36): from requests and limits of CPU and memory, of the pod
// as a whole where it has resources, be they empty, else of its containers.

import { addQuantities, compareQuantities, parseQuantity, type Quantity } from '../../kube/quantity.ts';
import { type Struct, structAt, structsIn } from '../../kube/schema/defaults/struct.ts';

const names = ['cpu', 'memory'];

/** `Guaranteed`, `Burstable` or `BestEffort`. */
export function qualityOfService(spec: Struct): string {
  const requests = new Map<string, Quantity>();
  const limits = new Map<string, Quantity>();
  let guaranteed = true;
  const count = (resources: Struct): void => {
    add(requests, structAt(resources, 'requests'));
    const limited = add(limits, structAt(resources, 'limits'));
    if (!names.every((name) => limited.has(name))) guaranteed = false;
  };
  const whole = structAt(spec, 'resources');
  if (spec.resources !== undefined && spec.resources !== null) count(whole);
  else
    for (const container of [...structsIn(spec, 'containers'), ...structsIn(spec, 'initContainers')])
      count(structAt(container, 'resources'));
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  if (!guaranteed || requests.size !== limits.size) return 'Burstable';
  const same = [...requests].every(([name, amount]) => {
    const limit = limits.get(name);
    return limit !== undefined && compareQuantities(limit, amount) === 0;
  });
  return same ? 'Guaranteed' : 'Burstable';
}

function add(sum: Map<string, Quantity>, amounts: Struct): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of names) {
    const text = amounts[name];
    const read = typeof text === 'string' || typeof text === 'number' ? parseQuantity(text) : undefined;
    if (read?.ok !== true || read.value.mantissa === 0n) continue;
    found.add(name);
    const before = sum.get(name);
    sum.set(name, before === undefined ? read.value : addQuantities(before, read.value));
  }
  return found;
}
