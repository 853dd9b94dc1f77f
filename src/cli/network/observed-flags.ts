// Flags of the commands that read recorded flows: declarations only.

import type { Flag } from '../command.ts';

export const flowFlags: readonly Flag[] = [
  {
    flags: '--flows <file>',
    description: 'recorded flows: Hubble, Calico, VPC, Google Cloud, Tetragon, conntrack or our own lines; gzipped too; "-" for stdin',
    repeatable: true,
  },
  {
    flags: '--outside <cidr>',
    description: 'private addresses that lie outside the cluster, so that flows to them are no unknown pods',
    repeatable: true,
  },
];
