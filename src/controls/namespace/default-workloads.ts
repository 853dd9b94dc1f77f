// Workloads in the namespace "default", or in none, which comes to the same when the manifest is applied as it is. The namespace is shared by
// everything that forgot to name one, so no role, quota or network policy fits it.

import { control, fail, objectsWhere } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { placed } from './placed.ts';

export const defaultWorkloads = control({
  id: 'namespace/default-workloads',
  aliases: [
    'C-0061',
    'C-0212',
    'rule:pods-in-default-namespace',
    'rule:podtemplate-in-default-namespace',
    'rule:replicationcontroller-in-default-namespace',
    'KSV-0110',
    'CKV_K8S_21',
    'use-namespace',
    'NS-001',
  ],
  severity: 'low',
  title: 'Workloads do not run in the namespace "default"',
  why: 'What runs in "default" shares roles, quotas, service accounts and network policies with everything else that named no namespace.',
  fix: 'Set metadata.namespace to a namespace of the application.',
  frameworks: ['cis:5.6.4', 'nsa:namespaces', 'stig:V-242383', 'owasp:K01', 'bsi:APP.4.4.A1', 'pci:16.1.a'],
  on: objectsWhere('every workload', (resource) => resource.pods.length > 0),
  check: ({ resource, object }) => {
    if (resource.namespace !== 'default') return [];
    const missing = object.metadata?.namespace === undefined;
    return [fail('/metadata/namespace', missing ? 'missing' : 'default', missing ? 'no namespace is named' : 'the namespace is "default"')];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [placed('default')],
  },
});
