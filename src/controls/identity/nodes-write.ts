// Labels, taints and addresses of nodes steer where pods run and where the API server connects to (CVE-2022-3294).

import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const nodesWrite = right({
  id: 'identity/nodes-write',
  aliases: [],
  severity: 'medium',
  title: 'No role changes nodes',
  why: 'Changed labels and taints draw powerful pods onto a node of choice, and changed addresses lead the API server elsewhere.',
  fix: 'Leave nodes to the kubelets and the cloud controller; name the nodes where an agent labels its own.',
  frameworks: ['nsa:authentication-and-authorization', 'matrix:MS-TA9030', 'owasp:K03'],
  lets: 'change nodes',
  rights: [
    { verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'], group: '', resources: ['nodes'] },
    { verbs: ['update', 'patch'], group: '', resources: ['nodes/status'] },
  ],
  examples: {
    pass: () => [harmless()],
    fail: () => [clusterWide(rule('', ['nodes'], ['get', 'patch']))],
  },
});
