// Services that a network scan found to answer without asking who calls: ServiceScanResult objects, which kubescape's operator leaves in the
// cluster (kubescape.io/v1). Without a scan nothing can be said.

import { members } from '../../kube/pod/lower.ts';
import { asList, dig, field, textOf } from '../../lib/json.ts';
import { find } from '../../snapshot/lookup.ts';
import { control, fail, notApplicable, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { service } from './examples.ts';

export const unauthenticatedService = control({
  id: 'exposure/unauthenticated-service',
  aliases: ['C-0274'],
  severity: 'high',
  title: 'Services ask who calls',
  why: 'A database or an interface that answers everybody is open to every pod of the cluster that an attacker takes over.',
  fix: 'Switch on authentication in the program, and limit who may reach it with a network policy.',
  frameworks: ['attack:T1046', 'matrix:MS-TA9034', 'owasp:K06'],
  on: objects('/Service'),
  check: ({ resource, object }, { snapshot }) => {
    const result = find(snapshot, 'kubescape.io', 'ServiceScanResult', resource.namespace, resource.name);
    if (result === undefined) return [notApplicable('no-scan', 'no scan of this Service is in the input')];
    const open = asList(dig(result.object, 'spec', 'ports')).filter((port) => field(port, 'authenticated') === false);
    return members(dig(object, 'spec', 'ports'), '/spec/ports')
      .filter(({ spec }) => open.some((port) => field(port, 'port') === spec.port))
      .map(({ spec, path }) =>
        fail(`${path}/port`, 'unauthenticated', `port ${textOf(spec.port)} of Service "${resource.name}" answers without authentication`, {
          evidence: [{ resource: result, path: '/spec/ports', note: 'what the scan found' }],
        }),
      );
  },
  examples: {
    pass: () => [cluster(deployment(), service(), scan(true))],
    fail: () => [cluster(deployment(), service(), scan(false))],
  },
});

function scan(authenticated: boolean) {
  return {
    apiVersion: 'kubescape.io/v1',
    kind: 'ServiceScanResult',
    metadata: { name: 'app', namespace: 'shop' },
    spec: { ports: [{ port: 80, protocol: 'TCP', sessionLayer: 'tcp', presentationLayer: 'http', authenticated }] },
  };
}
