// Edge nodes-proxy. The kubelet runs commands in every pod of its node; get is enough over a WebSocket, and no audit log of the API
// server sees it.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { pods } from '../gains.ts';

export const nodesProxy = byRights({
  id: 'nodes-proxy',
  title: 'Speaks to kubelets through the API server',
  gains: 'code in every pod',
  technique: { attack: 'T1609', matrix: 'Exec into container' },
  fix: 'grant nodes/metrics, nodes/stats, nodes/log, nodes/healthz instead (KEP-2862)',
  cost: 1,
  ways: [{ needs: ['get,create nodes/proxy'], gain: (scene) => pods(scene, ''), anyNameSuffices: true }],
  example: { objects: holding(['get nodes/proxy'], '') },
});
