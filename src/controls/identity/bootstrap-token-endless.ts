// Bootstrap tokens let machines join as nodes. kubeadm makes them for a day; one without an expiration lets whoever finds it join for ever.
// Values of Secrets are not looked at: that there is an expiration is enough to know.

import type { KubeObject } from '../../kube/object.ts';
import { field } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const bootstrapTokenEndless = control({
  id: 'identity/bootstrap-token-endless',
  aliases: [],
  severity: 'medium',
  title: 'Bootstrap tokens expire',
  why: 'Whoever holds a bootstrap token gets the certificate of a node, and with it the Secrets of the pods that run there.',
  fix: 'Delete the Secret, and make tokens when a node joins (`kubeadm token create`, one day).',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1136', 'owasp:K03'],
  on: objects('/Secret'),
  check({ object }) {
    if (object.type !== 'bootstrap.kubernetes.io/token') return [];
    const has = (key: string) => [object.data, object.stringData].some((values) => field(values, key) !== undefined);
    return has('expiration') ? [] : [fail('/type', 'endless', 'the bootstrap token has no expiration')];
  },
  examples: {
    pass: () => [cluster(deployment(), bootstrapToken({ expiration: 'MjAyNi0wMS0wMVQwMDowMDowMFo=' }))],
    fail: () => [cluster(deployment(), bootstrapToken({}))],
  },
});

function bootstrapToken(more: Readonly<Record<string, string>>): KubeObject {
  const labels = { 'app.kubernetes.io/name': 'join', 'app.kubernetes.io/instance': 'join', 'app.kubernetes.io/part-of': 'nodes' };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system', labels },
    type: 'bootstrap.kubernetes.io/token',
    data: { 'usage-bootstrap-authentication': 'dHJ1ZQ==', ...more },
  };
}
