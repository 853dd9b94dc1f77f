// Runs of a CronJob may overlap unless it says otherwise. Off by default: many jobs can overlap without harm.

import { dig } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { cronJob } from './examples.ts';

export const cronjobConcurrency = control({
  id: 'reliability/cronjob-concurrency',
  aliases: [],
  severity: 'low',
  title: 'CronJobs say whether runs may overlap',
  why: 'When runs take longer than their interval they pile up until the cluster is full of them.',
  fix: 'Set `concurrencyPolicy` to Forbid or Replace.',
  frameworks: [],
  enabled: false,
  on: objects('batch/CronJob'),
  check: ({ object }) => {
    const policy = dig(object, 'spec', 'concurrencyPolicy') ?? null;
    return policy === null || policy === 'Allow' ? [fail('/spec/concurrencyPolicy', 'overlap', 'runs may overlap without end')] : [];
  },
  examples: {
    pass: () => [cluster(cronJob())],
    fail: () => [cluster(cronJob({ concurrencyPolicy: 'Allow' }))],
  },
});
