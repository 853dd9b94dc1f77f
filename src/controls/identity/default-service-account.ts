// Pods that name no service account run as `default`, together with everything else in the namespace that names none: rights that one of
// them needs are rights of all.

import { serviceAccountName } from '../../identity/tokens.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const defaultServiceAccount = control({
  id: 'identity/default-service-account',
  aliases: ['default-service-account', 'ServiceAccountName'],
  severity: 'low',
  title: 'Pods run as a service account of their own',
  why: 'Pods that share the default service account share its rights and its name in the audit log.',
  fix: 'Make a service account for the program and name it in `serviceAccountName`.',
  frameworks: ['cis:5.1.5', 'nsa:authentication-and-authorization', 'attack:T1078.001', 'matrix:MS-TA9016', 'bsi:APP.4.4.A9', 'pci:1.2.a'],
  on: pods,
  check: ({ pod }) =>
    serviceAccountName(pod) === 'default'
      ? [fail(pod.at('/serviceAccountName'), 'default', 'the pod runs as the default service account of its namespace')]
      : [],
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(deployment({ pod: { serviceAccountName: 'default' } })),
      cluster(deployment({ pod: { serviceAccountName: undefined } })),
    ],
  },
  overlaps: ['identity/service-account-unused'],
});
