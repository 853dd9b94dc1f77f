// The service account `default` mounts its token into every pod that names no other, unless it says no itself.

import { field } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { setField } from '../repair.ts';

export const defaultServiceAccountToken = control({
  id: 'identity/default-service-account-token',
  aliases: ['rule:automount-default-service-account', 'C-0189', 'C-0225', 'CKV_K8S_41'],
  severity: 'low',
  title: 'Default service accounts do not mount their token',
  why: 'Every pod that names no service account carries a credential for the API server, though it never asked for one.',
  fix: 'Set `automountServiceAccountToken: false` in the service account `default` of the namespace.',
  frameworks: ['cis:5.1.5', 'nsa:authentication-and-authorization', 'attack:T1528', 'matrix:MS-TA9016', 'bsi:APP.4.4.A9', 'pci:1.2.a'],
  on: objects('/ServiceAccount'),
  check: ({ resource, object }) =>
    resource.name === 'default' && field(object, 'automountServiceAccountToken') !== false
      ? [
          fail(
            '/automountServiceAccountToken',
            'mounted',
            `the default service account of namespace ${resource.namespace} mounts its token into pods`,
          ),
        ]
      : [],
  repair: ({ path }, object) => setField(object, path, false),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(deployment(), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop' } })],
  },
});
