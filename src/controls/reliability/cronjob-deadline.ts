// A CronJob without a deadline counts every run it missed since the last one; after 100 missed runs it is not started again at all (batch/v1,
// controller of 1.36).

import { dig } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { cronJob } from './examples.ts';

export const cronjobDeadline = control({
  id: 'reliability/cronjob-deadline',
  aliases: ['cronjob-has-deadline'],
  severity: 'low',
  title: 'CronJobs give up on runs that are too late',
  why: 'After an outage runs start at times nobody planned for, and after 100 missed ones the schedule stops for good.',
  fix: 'Set `startingDeadlineSeconds` to how late a run is still of use.',
  frameworks: [],
  on: objects('batch/CronJob'),
  check: ({ object }) =>
    (dig(object, 'spec', 'startingDeadlineSeconds') ?? null) === null
      ? [fail('/spec/startingDeadlineSeconds', 'missing', 'no deadline is set for late runs')]
      : [],
  examples: {
    pass: () => [cluster(cronJob())],
    fail: () => [cluster(cronJob({ startingDeadlineSeconds: null }))],
  },
});
