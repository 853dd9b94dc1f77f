// How workloads stand against a Pod Security level, as both dimensions that ask for one judge it.

import type { Level } from '../../policy/pod-security/check.ts';
import type { CheckContext, Judgement } from '../check.ts';
import { running } from '../words.ts';

/** One judgement for each workload that runs: whether its level is one of those wanted. */
export function* workloadsAtLevel({ snapshot, scan }: CheckContext, wanted: readonly Level[]): Generator<Judgement> {
  const own = new Map(running(snapshot).map((resource) => [`${resource.kind}/${resource.namespace}/${resource.name}`, resource]));
  for (const { subject, level } of scan.podSecurity.workloads) {
    const resource = own.get(`${subject.kind}/${subject.namespace}/${subject.name}`);
    if (resource !== undefined)
      yield {
        verdict: wanted.includes(level) ? 'pass' : 'fail',
        resource,
        detail: `${subject.kind} ${subject.name} meets the level ${level}`,
      };
  }
}
