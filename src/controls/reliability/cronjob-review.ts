// Every CronJob by name, for those who look for persistence: a schedule is how an intruder comes back. Off by default, since a CronJob is no
// fault. Those that Helm or another controller owns are listed too.

import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { cronJob } from './examples.ts';

export const cronjobReview = control({
  id: 'reliability/cronjob-review',
  aliases: ['C-0026'],
  severity: 'low',
  title: 'There are no CronJobs to review',
  why: 'A CronJob that nobody knows of brings an intruder back after every clean-up.',
  fix: 'Check that somebody knows the CronJob and what it runs, then waive this finding for it.',
  frameworks: ['matrix:MS-TA9014', 'attack:T1053.007'],
  enabled: false,
  on: objects('batch/CronJob'),
  check: ({ resource }) => [fail('/spec/schedule', 'present', `CronJob "${resource.name}" runs by itself`)],
  examples: { pass: () => [cluster(deployment())], fail: () => [cluster(cronJob())] },
});
