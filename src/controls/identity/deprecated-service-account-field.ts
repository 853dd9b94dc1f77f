// `serviceAccount` is the old name of `serviceAccountName`. The API server copies one to the other; where both are written and differ, the
// new one counts and the old one misleads.

import type { KubeObject } from '../../kube/object.ts';
import { asString, dig } from '../../lib/json.ts';
import { tokens } from '../../lib/json-pointer.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { removeField, setField } from '../repair.ts';

export const deprecatedServiceAccountField = control({
  id: 'identity/deprecated-service-account-field',
  aliases: ['C-0294', 'deprecated-service-account-field', 'AutomountServiceAccountTokenDeprecated'],
  severity: 'low',
  title: 'Pods name their service account in the current field',
  why: 'The old field `serviceAccount` is ignored where the new one is set, so a reader may take the pod for another account.',
  fix: 'Write the name into `serviceAccountName` and drop `serviceAccount`.',
  frameworks: ['nsa:authentication-and-authorization'],
  on: pods,
  check({ pod }) {
    const old = asString(pod.spec.serviceAccount) ?? '';
    const current = asString(pod.spec.serviceAccountName) ?? '';
    if (old === '' || old === current) return [];
    return [
      current === ''
        ? fail(pod.at('/serviceAccount'), 'old-field', `the pod names its service account "${old}" in the old field`)
        : fail(pod.at('/serviceAccount'), 'mismatch', `the pod runs as "${current}", but its old field says "${old}"`),
    ];
  },
  repair: ({ path, reason }, object) =>
    reason === 'mismatch'
      ? removeField(object, path)
      : [...setField(object, `${path}Name`, written(object, path)), ...removeField(object, path)],
  examples: {
    pass: () => [cluster(deployment()), cluster(deployment({ pod: { serviceAccount: 'app' } }))],
    fail: () => [
      cluster(deployment({ pod: { serviceAccount: 'app', serviceAccountName: undefined } })),
      cluster(deployment({ pod: { serviceAccount: 'web' } })),
    ],
  },
});

function written(object: KubeObject, path: string): string {
  return asString(dig(object, ...tokens(path))) ?? '';
}
