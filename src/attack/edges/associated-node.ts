// Edge associated-node. Constrained impersonation of the node the pod runs on.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const associatedNode = byRights({
  id: 'associated-node',
  title: 'Acts as its own node',
  gains: 'Secrets of its node',
  technique: { attack: 'T1550.001', matrix: '' },
  fix: 'narrow the verbs to what the agent needs',
  cost: 2,
  ways: [
    {
      needs: [
        'impersonate:associated-node nodes.authentication.k8s.io',
        'impersonate-on:associated-node:get,impersonate-on:associated-node:list secrets',
      ],
      gain: (scene) => effect(scene, '', 'Secrets of the pods on its node read'),
    },
  ],
  when: (scene) => scene.minor >= 35,
  example: {
    objects: holding(['impersonate:associated-node nodes.authentication.k8s.io', 'impersonate-on:associated-node:get secrets'], ''),
  },
});
