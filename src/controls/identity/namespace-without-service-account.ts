// A namespace without a service account besides `default` runs everything as that one. A review control, off by default: the manifests of
// a namespace seldom hold its programs too.

import { ofKind } from '../../snapshot/lookup.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, clusterWithout, deployment } from '../examples.ts';

export const namespaceWithoutServiceAccount = control({
  id: 'identity/namespace-without-service-account',
  aliases: ['rule:namespace-without-service-account', 'C-0189'],
  severity: 'low',
  title: 'Namespaces have service accounts of their own',
  why: 'Where `default` is the only service account, all programs of the namespace are one to the API server.',
  fix: 'Make a service account for every program that runs in the namespace.',
  frameworks: ['cis:5.1.5', 'nsa:authentication-and-authorization', 'bsi:APP.4.4.A9'],
  enabled: false,
  on: objects('/Namespace'),
  check: ({ resource }, { snapshot }) =>
    ofKind(snapshot, '', 'ServiceAccount').some((account) => account.namespace === resource.name && account.name !== 'default')
      ? []
      : [fail('/metadata/name', 'only-default', `namespace "${resource.name}" has no service account besides "default"`)],
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [clusterWithout(['ServiceAccount'])],
  },
});
