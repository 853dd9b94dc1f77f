// Edge node-logs. Reads logs, settings and pods of kubelets.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const nodeLogs = byRights({
  id: 'node-logs',
  title: 'Reads logs, settings and pods of kubelets',
  gains: 'settings, and secrets in the environment of pods',
  technique: { attack: 'T1552', matrix: '' },
  fix: 'grant only the subresource that monitoring needs',
  cost: 2,
  ways: [
    {
      needs: ['get nodes/log | get nodes/configz | get nodes/pods'],
      gain: (scene) => effect(scene, '', 'settings of nodes and environment of pods read'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['get nodes/log'], '') },
});
