// Edge pod-create-sa. A new pod runs as any service account of its namespace.

import { byRights } from '../by-rights.ts';
import { enforcing, holding } from '../examples.ts';
import { tokens } from '../gains.ts';

export const podCreateSa = byRights({
  id: 'pod-create-sa',
  title: 'Makes pods as any service account',
  gains: 'service accounts of the namespace',
  technique: { attack: 'T1610', matrix: 'New container' },
  fix: 'let a controller make the pods; grant on namespaces that hold no stronger account',
  cost: 1,
  ways: [{ needs: ['create pods'], gain: (scene, scope) => tokens(scene, scope) }],
  example: { objects: [enforcing('restricted'), ...holding(['create pods'])] },
});
