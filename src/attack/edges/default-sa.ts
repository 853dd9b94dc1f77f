// Edge default-sa. What is given to the service account `default` is given to every pod of the namespace that names no other.

import type { Edge } from '../edge.ts';
import { pod } from '../examples.ts';
import { mountToken } from '../token-mount.ts';

export const defaultSa: Edge = {
  id: 'default-sa',
  title: 'Takes the token of the default service account',
  needs: 'a pod that names no service account',
  gains: 'the service account default of the namespace',
  technique: { attack: 'T1078.001', matrix: 'Access container service account' },
  fix: 'name an account of its own, and set automountServiceAccountToken: false where the API is not called',
  cost: 1,
  derive: (scene) => mountToken(scene, 'default-sa', (account) => account === 'default'),
  example: { objects: [pod({}, { automountServiceAccountToken: true })] },
};
