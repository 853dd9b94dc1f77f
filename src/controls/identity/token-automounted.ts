// The token of the pod's service account is mounted into every container unless the pod or the service account says no; the pod's word
// counts (Kubernetes 1.36, ServiceAccount admission). Where the service account that would decide is not known, the question stays open.

import { tokenMount } from '../../identity/tokens.ts';
import { control, fail, pods, unknown } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { setField } from '../repair.ts';

export const tokenAutomounted = control({
  id: 'identity/token-automounted',
  aliases: [
    'C-0034',
    'C-0190',
    'KSV-0036',
    'CKV_K8S_38',
    'automountServiceAccountToken',
    'AutomountServiceAccountToken',
    'AutomountServiceAccountTokenTrueAndDefaultSA',
  ],
  severity: 'medium',
  title: 'Service account tokens are not mounted unless asked for',
  why: 'Whoever breaks into the container finds a credential for the API server, which most programs never use.',
  fix: 'Set `automountServiceAccountToken: false` in the pod; where the program needs the API, mount a token with a projected volume.',
  frameworks: ['cis:5.1.6', 'nsa:pod-security', 'attack:T1528', 'matrix:MS-TA9016', 'owasp:K03', 'bsi:APP.4.4.A9', 'pci:1.5.a'],
  on: pods,
  check({ resource, pod }, { snapshot }) {
    const mount = tokenMount(snapshot, resource.namespace, pod);
    const path = pod.at('/automountServiceAccountToken');
    if (mount.state === 'off') return [];
    if (mount.state === 'unknown')
      return [
        unknown(path, 'account-unknown', `the pod leaves it to the service account "${mount.account}", which is not in these manifests`),
      ];
    const evidence =
      mount.accountResource === undefined || mount.decidedBy === 'pod'
        ? []
        : [{ resource: mount.accountResource, path: '/automountServiceAccountToken', note: 'does not turn the token off' }];
    const because = mount.decidedBy === 'pod' ? 'the pod asks for it' : 'neither pod nor service account turns it off';
    return [
      fail(
        path,
        mount.decidedBy === 'pod' ? 'asked-for' : 'default',
        `the token of service account "${mount.account}" is mounted: ${because}`,
        { evidence },
      ),
    ];
  },
  repair: ({ path }, object) => setField(object, path, false),
  examples: {
    pass: () => [cluster(deployment()), cluster(deployment({ pod: { automountServiceAccountToken: undefined } }))],
    fail: () => [cluster(deployment({ pod: { automountServiceAccountToken: true } }))],
  },
  overlaps: ['identity/token-with-rights'],
});
