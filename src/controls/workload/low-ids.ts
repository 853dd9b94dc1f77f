// Ids of users and groups up to a bound: the node may have the same ones. For workload/high-uid and workload/high-gid.

import { asNumber } from '../../lib/json.ts';
import { type Context, fail, type Outcome, type PodSubject } from '../control.ts';
import { effective, onLinux } from './effective.ts';

/** The check for ids not above the parameter `above`, but in user namespaces. `runs` completes "container x runs": `as user`. */
export function lowIds(key: 'runAsUser' | 'runAsGroup', runs: string): (subject: PodSubject, context: Context) => readonly Outcome[] {
  return onLinux(({ pod, containers }, { parameters }) => {
    if (pod.spec.hostUsers === false) return [];
    const above = asNumber(parameters.above) ?? 0;
    return containers.flatMap((container) => {
      const id = effective(pod, container, key);
      if (typeof id?.value !== 'number' || id.value > above) return [];
      const detail = `container "${container.name}" runs ${runs} ${id.value}, which may be one of the node's`;
      return [fail(id.path, 'low-id', detail, { container: container.name })];
    });
  });
}
