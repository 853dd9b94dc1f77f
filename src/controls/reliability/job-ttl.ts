// A finished Job stays, with its pods and their logs, until somebody deletes it. Jobs that a CronJob or another object owns are cleaned up by
// it; Jobs that are hooks of Helm or Argo CD by those.

import { annotationsOf } from '../../kube/object.ts';
import { dig } from '../../lib/json.ts';
import { control, fail, notApplicable, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { job } from './examples.ts';

const cleaners = ['helm.sh/hook-delete-policy', 'argocd.argoproj.io/hook-delete-policy', 'argocd.argoproj.io/hook'];

export const jobTtl = control({
  id: 'reliability/job-ttl',
  aliases: ['job-ttl-seconds-after-finished'],
  severity: 'low',
  title: 'Finished Jobs are removed',
  why: 'Finished Jobs and their pods fill etcd and slow down every list, until the API server itself suffers.',
  fix: 'Set `ttlSecondsAfterFinished` to how long its logs are of use.',
  frameworks: [],
  on: objects('batch/Job'),
  check: ({ object }) => {
    if (dig(object, 'metadata', 'ownerReferences', 0) !== undefined) return [notApplicable('owned', 'its owner removes it')];
    const annotations = annotationsOf(object);
    if (cleaners.some((key) => annotations[key] !== undefined)) return [notApplicable('hook', 'the tool whose hook it is removes it')];
    return (dig(object, 'spec', 'ttlSecondsAfterFinished') ?? null) === null
      ? [fail('/spec/ttlSecondsAfterFinished', 'missing', 'nothing removes the Job after it has finished')]
      : [];
  },
  examples: {
    pass: () => [cluster(job())],
    fail: () => [cluster(job({ ttlSecondsAfterFinished: null }))],
  },
});
