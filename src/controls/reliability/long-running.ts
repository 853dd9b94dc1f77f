// Pods that are meant to stay: of them probes are asked. What runs to its end (Jobs, CronJobs, pods of a Job, pods that are never restarted,
// custom kinds named after jobs, runs, tasks and workflows) is not.

import { asList, field } from '../../lib/json.ts';
import type { PodSubject } from '../control.ts';

const finite = /(?:Job|Run|Task|Workflow|WorkflowTemplate|Test)$/;

export function isLongRunning({ resource, object, pod }: PodSubject): boolean {
  if (finite.test(resource.kind)) return false;
  if (resource.kind !== 'Pod') return true;
  return (
    pod.spec.restartPolicy !== 'Never' && !asList(field(object.metadata, 'ownerReferences')).some((owner) => field(owner, 'kind') === 'Job')
  );
}
