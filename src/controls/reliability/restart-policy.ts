// Which restart policies a kind may have is law of the API: Always for what runs for ever, OnFailure or Never for Jobs. Anything else is refused
// at creation, for CronJobs too. core/v1 default: Always.

import { textOf } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { removeField, setField } from '../repair.ts';
import { cronJob, job } from './examples.ts';

const forEver = new Set([
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'apps/DaemonSet',
  '/ReplicationController',
  'extensions/Deployment',
  'extensions/ReplicaSet',
  'extensions/DaemonSet',
]);
const toTheEnd = new Set(['batch/Job', 'batch/CronJob']);

export const restartPolicy = control({
  id: 'reliability/restart-policy',
  aliases: ['restart-policy', 'cronjob-restartpolicy'],
  severity: 'medium',
  title: 'Restart policies are ones the kind of workload may have',
  why: 'The API server refuses the workload, and of a CronJob that is noticed when it is first needed.',
  fix: 'Remove the policy from workloads that run for ever; set OnFailure or Never for Jobs.',
  frameworks: [],
  on: pods,
  check: ({ resource, pod }) => {
    const kind = `${resource.group}/${resource.kind}`;
    const policy = pod.spec.restartPolicy ?? null;
    if (forEver.has(kind) && policy !== null && policy !== 'Always')
      return [
        fail(pod.at('/restartPolicy'), 'not-always', `a ${resource.kind} may only have the restart policy Always, not ${textOf(policy)}`),
      ];
    if (toTheEnd.has(kind) && policy !== 'OnFailure' && policy !== 'Never') {
      const detail = policy === null ? 'has none, which means Always' : `has ${textOf(policy)}`;
      return [
        fail(pod.at('/restartPolicy'), 'always', `the restart policy of a ${resource.kind} is OnFailure or Never; this one ${detail}`),
      ];
    }
    return [];
  },
  repair: ({ path, reason }, object) => (reason === 'always' ? setField(object, path, 'OnFailure') : removeField(object, path)),
  examples: {
    pass: () => [cluster(deployment()), cluster(job()), cluster(cronJob())],
    fail: () => [
      cluster(deployment({ pod: { restartPolicy: 'OnFailure' } })),
      cluster(job({}, { restartPolicy: 'Always' })),
      cluster(cronJob({}, { restartPolicy: null })),
    ],
  },
});
