// The claim that the scheduler makes of extended resources which devices stand for (DRAExtendedResource, 1.36): a request for each container that
// runs on, and one for the init containers that end, which may use those of later containers.

import { nameOf, namespaceOf } from '../../../kube/metadata.ts';
import { type Struct, structAt, structsIn, textIn } from '../../../kube/schema/defaults/struct.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { State } from '../../store/state.ts';
import { countsOf } from '../requests.ts';
import { classFor } from './classes.ts';
import type { DeviceClaim, Request } from './request.ts';

export function extendedClaim(pod: Struct, asked: ReadonlyMap<string, bigint>, state: State): DeviceClaim {
  const spec = structAt(pod, 'spec');
  const init = structsIn(spec, 'initContainers');
  const containers = [...init, ...structsIn(spec, 'containers')];
  const isShort = (index: number) => index < init.length && textIn(containers[index] ?? {}, 'restartPolicy') !== 'Always';
  const requests: Request[] = [];
  for (const resource of [...asked.keys()].sort()) {
    const found = classFor(resource, state);
    if (found === undefined) continue;
    const className = nameOf(found);
    const counts = containers.map((container) => Number(countsOf(structAt(container, 'resources', 'requests')).get(resource) ?? 0n));
    const request = (index: number, count: number): Request => {
      const place = Object.keys(structAt(containers[index] ?? {}, 'resources', 'requests'))
        .sort()
        .indexOf(resource);
      const name = `container-${index}-request-${place}`;
      const way = { name, className, all: false, count, adminAccess: false, selectors: [], tolerations: [], capacity: new Map() };
      return { name, prioritized: false, ways: [way] };
    };
    const most = counts
      .map((count, index) => ({ index, more: isShort(index) ? count - later(counts, index, isShort) : 0 }))
      .reduce((a, b) => (b.more > a.more ? b : a), { index: -1, more: 0 });
    if (most.more > 0) requests.push(request(most.index, most.more));
    for (const [index, count] of counts.entries()) if (!isShort(index) && count > 0) requests.push(request(index, count));
  }
  const title = `${namespaceOf(pod as unknown as JsonObject)}/<extended-resources>`;
  return { title, requests: requests.sort((a, b) => (a.name < b.name ? -1 : 1)), constraints: [] };
}

/** What containers that come later and run on ask for: an init container may have it before them. */
function later(counts: readonly number[], from: number, isShort: (index: number) => boolean): number {
  return counts.reduce((sum, count, index) => (index >= from && !isShort(index) ? sum + count : sum), 0);
}
