// Service accounts with any rights at all, as a list to go through. A review control, off by default: controllers need rights.

import { rolesOf } from '../../identity/bindings.ts';
import { control } from '../control.ts';
import { cluster, clusterWithout, deployment } from '../examples.ts';
import { allBindings, givenText, judgeSubjects } from './bound.ts';
import { appAccount, role, roleBinding, rule } from './examples.ts';

export const serviceAccountRights = control({
  id: 'identity/service-account-rights',
  aliases: ['C-0053'],
  severity: 'low',
  title: 'Service accounts have no rights',
  why: 'The rights of a service account are those of whoever breaks into a pod that runs as it.',
  fix: 'Go through the rights of each service account and remove what its program does not use.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1528', 'matrix:MS-TA9016', 'bsi:APP.4.4.A9'],
  enabled: false,
  on: allBindings,
  check: judgeSubjects('service-account', ({ kind, namespace, name }, binding, snapshot) =>
    kind === 'ServiceAccount' && rolesOf(snapshot, binding).length > 0
      ? `gives service account ${namespace}/${name} ${givenText(binding)}`
      : undefined,
  ),
  examples: {
    pass: () => [clusterWithout(['Role', 'RoleBinding'], deployment())],
    fail: () => [cluster(deployment(), role([rule('', ['configmaps'], ['get'], ['app-settings'])]), roleBinding([appAccount]))],
  },
});
