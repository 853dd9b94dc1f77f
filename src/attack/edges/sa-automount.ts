// Edge sa-automount. The token of the pod's service account lies in every container of the pod, asked for or not.

import type { Edge } from '../edge.ts';
import { pod } from '../examples.ts';
import { mountToken } from '../token-mount.ts';

export const saAutomount: Edge = {
  id: 'sa-automount',
  title: 'Takes the token of its service account',
  needs: 'a token mounted in the container',
  gains: 'the service account of the pod',
  technique: { attack: 'T1528', matrix: 'Access container service account' },
  fix: 'set automountServiceAccountToken: false where the API is not called',
  cost: 1,
  derive: (scene) => mountToken(scene, 'sa-automount', (account) => account !== 'default'),
  example: {
    objects: [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'app', namespace: 'shop' } },
      pod({}, { automountServiceAccountToken: true, serviceAccountName: 'app' }),
    ],
  },
};
