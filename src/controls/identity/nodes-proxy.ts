// nodes/proxy is the API of the kubelet: run commands in every container of the node, unseen by audit and admission. `get` is enough,
// since the request that starts a command is a WebSocket upgrade (Kubernetes 1.36). KEP-2862 has narrower subresources.

import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const nodesProxy = right({
  id: 'identity/nodes-proxy',
  aliases: ['C-0279', 'KSV-0047', 'CKV2_K8S_2'],
  severity: 'high',
  title: 'No role uses the API of the kubelets',
  why: 'The kubelet runs commands in any container of its node for whoever reaches its API, without admission control and without an entry in the audit log; reading is enough for that.',
  fix: 'Use the narrow subresources nodes/metrics, nodes/stats, nodes/log, nodes/pods, nodes/configz and nodes/healthz, and drop `nodes/proxy`.',
  frameworks: [
    'cis:5.1.10',
    'nsa:authentication-and-authorization',
    'attack:T1609',
    'matrix:MS-TA9030',
    'owasp:K03',
    'bsi:APP.4.4.A9',
    'pci:1.5.b',
  ],
  lets: 'run commands in every container of a node through its kubelet',
  rights: [{ verbs: ['get', 'create'], group: '', resources: ['nodes/proxy'] }],
  namesLimit: false,
  throughStars: true,
  droppable: true,
  examples: {
    pass: () => [harmless()],
    fail: () => [clusterWide(rule('', ['nodes/proxy', 'nodes/metrics'], ['get']))],
  },
});
