// OpenShift's SecurityContextConstraints decide what pods of a service account may ask for. One that allows privileged containers gives the node
// to everybody it is granted to; those that OpenShift ships for itself are let be.

import { strings } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { setField } from '../repair.ts';

export const sccPrivileged = control({
  id: 'namespace/scc-privileged',
  aliases: ['scc-deny-privileged-container'],
  severity: 'high',
  title: 'SecurityContextConstraints do not allow privileged containers',
  why: 'Whoever is granted the constraints may run privileged containers, and with one take over the node.',
  fix: 'Set allowPrivilegedContainer to false, and allow the single capability that is needed.',
  frameworks: ['cis:5.2.2', 'attack:T1611', 'matrix:MS-TA9018', 'owasp:K01'],
  parameters: { shipped: ['privileged', 'node-exporter', 'machine-api-termination-handler'] },
  on: objects('security.openshift.io/SecurityContextConstraints', '/SecurityContextConstraints'),
  check: ({ resource, object }, { parameters }) =>
    object.allowPrivilegedContainer === true && !strings(parameters.shipped).includes(resource.name)
      ? [fail('/allowPrivilegedContainer', 'allowed', `the constraints "${resource.name}" allow privileged containers`)]
      : [],
  repair: ({ path }, object) => setField(object, path, false),
  examples: {
    pass: () => [cluster(constraints(false))],
    fail: () => [cluster(constraints(true))],
  },
});

function constraints(allowed: boolean) {
  return {
    apiVersion: 'security.openshift.io/v1',
    kind: 'SecurityContextConstraints',
    metadata: { name: 'shop' },
    allowPrivilegedContainer: allowed,
  };
}
