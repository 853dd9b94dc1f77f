// Edge bootstrap-token. Where bootstrap tokens are on, a Secret in kube-system is a token to join a node with.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';

export const bootstrapToken = byRights({
  id: 'bootstrap-token',
  title: 'Joins a node with a bootstrap token',
  gains: 'a node of his own',
  technique: { attack: 'T1136', matrix: '' },
  fix: 'keep writing of Secrets out of kube-system',
  cost: 2,
  ways: [
    {
      needs: ['create secrets'],
      gain: (scene, scope) =>
        scope === '' || scope === 'kube-system'
          ? [
              {
                vertex: scene.graph.vertex('node', '', ''),
                known: false,
                evidence: [{ text: 'whether the API server takes bootstrap tokens is not known', path: '' }],
              },
            ]
          : [],
    },
  ],
  example: { objects: holding(['create secrets'], 'kube-system') },
});
