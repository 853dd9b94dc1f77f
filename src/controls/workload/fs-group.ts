// `fsGroup` decides who owns the files of mounted volumes. Off by default: it matters only to pods with volumes that need it. Linux only.

import { asNumber } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { onLinux } from './effective.ts';
import { withSecurity } from './examples.ts';

export const fsGroup = control({
  id: 'workload/fs-group',
  aliases: ['rule:set-fsgroup-value'],
  severity: 'low',
  title: 'The group of mounted volumes is set',
  why: 'Without it a container that is not root often cannot write to its volume, and the way out people take is to run it as root.',
  fix: 'Set `fsGroup` in the security context of the pod.',
  frameworks: ['cis:5.6.3', 'owasp:K01'],
  enabled: false,
  on: pods,
  check: onLinux(({ pod }) =>
    (asNumber(pod.securityContext.fsGroup) ?? -1) >= 0
      ? []
      : [fail(pod.at('/securityContext/fsGroup'), 'missing', 'the pod sets no group for its volumes')],
  ),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(withSecurity({ pod: { fsGroup: undefined } }))],
  },
});
