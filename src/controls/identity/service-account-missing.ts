// A pod whose service account is not there is refused by the API server until somebody makes one of that name, with any rights.

import { serviceAccountName } from '../../identity/tokens.ts';
import { find } from '../../snapshot/lookup.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, clusterWithout, deployment } from '../examples.ts';

export const serviceAccountMissing = control({
  id: 'identity/service-account-missing',
  aliases: ['C-0307', 'non-existent-service-account'],
  severity: 'low',
  title: 'The service accounts of pods exist',
  why: 'The pods are not created, or run with whatever rights the account is given by the one who makes it first.',
  fix: 'Add the ServiceAccount to the manifests of the program, or correct the name.',
  frameworks: ['nsa:authentication-and-authorization'],
  on: pods,
  check({ resource, pod }, { snapshot }) {
    const name = serviceAccountName(pod);
    if (name === 'default' || find(snapshot, '', 'ServiceAccount', resource.namespace, name) !== undefined) return [];
    const field = pod.spec.serviceAccountName === name ? '/serviceAccountName' : '/serviceAccount';
    return [fail(pod.at(field), 'missing', `service account "${name}" is not in namespace ${resource.namespace}`)];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [clusterWithout(['ServiceAccount'], deployment()), cluster(deployment({ pod: { serviceAccountName: 'web' } }))],
  },
  overlaps: ['identity/service-account-unused'],
});
