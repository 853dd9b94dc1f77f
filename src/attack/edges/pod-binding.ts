// Edge pod-binding. Places pods on a node of its choice.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const podBinding = byRights({
  id: 'pod-binding',
  title: 'Places pods on a node of its choice',
  gains: 'where pods run',
  technique: { attack: 'T1610', matrix: '' },
  fix: 'leave bindings to the scheduler',
  cost: 2,
  ways: [
    { needs: ['create pods/binding | create bindings'], gain: (scene, scope) => effect(scene, scope, 'pods placed on a chosen node') },
  ],
  example: { objects: holding(['create pods/binding']) },
});
