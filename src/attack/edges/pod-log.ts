// Edge pod-log. Reads the logs of pods.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const podLog = byRights({
  id: 'pod-log',
  title: 'Reads the logs of pods',
  gains: 'secrets that programs log',
  technique: { attack: 'T1552', matrix: '' },
  fix: 'grant logs where they are needed',
  cost: 2,
  ways: [{ needs: ['get pods/log'], gain: (scene, scope) => effect(scene, scope, 'logs read'), anyNameSuffices: true }],
  example: { objects: holding(['get pods/log']) },
});
