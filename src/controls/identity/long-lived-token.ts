// A Secret of type kubernetes.io/service-account-token holds a token that never ends and is bound to no pod. Kubernetes makes none by
// itself since 1.24 and cleans up unused ones since 1.29 (KEP-2799).

import { annotationsOf } from '../../kube/object.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const longLivedToken = control({
  id: 'identity/long-lived-token',
  aliases: [],
  severity: 'medium',
  title: 'No token of a service account lasts for ever',
  why: 'A token in a Secret never expires: whoever has read it once has the rights of the service account until the Secret is deleted.',
  fix: 'Delete the Secret; ask for tokens with an end (`kubectl create token`, projected volumes).',
  frameworks: ['cis:5.1.13', 'nsa:authentication-and-authorization', 'attack:T1528', 'matrix:MS-TA9016', 'bsi:APP.4.4.A9'],
  on: objects('/Secret'),
  check({ object }) {
    if (object.type !== 'kubernetes.io/service-account-token') return [];
    const account = annotationsOf(object)['kubernetes.io/service-account.name'] ?? '';
    return [fail('/type', 'long-lived', `the Secret holds a token of service account "${account}" that never ends`)];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(deployment(), {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'app-token', namespace: 'shop', annotations: { 'kubernetes.io/service-account.name': 'app' } },
        type: 'kubernetes.io/service-account-token',
      }),
    ],
  },
});
