// With `fsGroup` the kubelet walks through the whole volume at every start unless `fsGroupChangePolicy` says otherwise. Off by default: a
// matter of start time and of knowing. Linux only.

import { asNumber } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster } from '../examples.ts';
import { setField } from '../repair.ts';
import { onLinux } from './effective.ts';
import { withSecurity } from './examples.ts';

export const fsGroupChangePolicy = control({
  id: 'workload/fs-group-change-policy',
  aliases: ['rule:set-fsgroupchangepolicy-value'],
  severity: 'low',
  title: 'It is said when the owners of a volume are changed',
  why: 'The default changes every file at every start: pods with large volumes start late, and files with owners of their own lose them.',
  fix: 'Set `fsGroupChangePolicy: OnRootMismatch`, or `Always` where that is meant.',
  frameworks: ['cis:5.6.3', 'owasp:K01'],
  enabled: false,
  on: pods,
  check: onLinux(({ pod }) => {
    const { fsGroup, fsGroupChangePolicy } = pod.securityContext;
    if (asNumber(fsGroup) === undefined || fsGroupChangePolicy === 'Always' || fsGroupChangePolicy === 'OnRootMismatch') return [];
    return [
      fail(pod.at('/securityContext/fsGroupChangePolicy'), 'missing', 'the pod does not say when the owners of its volumes are changed'),
    ];
  }),
  repair: ({ path }, object) => setField(object, path, 'OnRootMismatch'),
  examples: {
    pass: () => [
      cluster(withSecurity({ pod: { fsGroupChangePolicy: 'OnRootMismatch' } })),
      cluster(withSecurity({ pod: { fsGroup: undefined } })),
    ],
    fail: () => [cluster(withSecurity({ pod: { fsGroupChangePolicy: 'None' } })), cluster(withSecurity({}))],
  },
  overlaps: ['hygiene/schema-valid'],
});
