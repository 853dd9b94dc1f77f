// Edge node-address. Requests for a node go to the address its status says (CVE-2022-3294 and its kind).

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const nodeAddress = byRights({
  id: 'node-address',
  title: 'Sends requests of the API server elsewhere by the address of a node',
  gains: "requests with the API server's credentials",
  technique: { attack: 'T1090', matrix: '' },
  fix: 'leave nodes/status to kubelets',
  cost: 3,
  ways: [
    {
      needs: ['update,patch nodes/status'],
      gain: (scene) => effect(scene, '', 'requests of the API server sent elsewhere'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['patch nodes/status'], ''), also: ['node-taint'] },
});
