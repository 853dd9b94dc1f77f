// The status of a Service decides where its traffic goes (CVE-2020-8554, unfixed by design), the status of a pod whether it is ready and
// which Services it serves.

import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const statusWrite = right({
  id: 'identity/status-write',
  aliases: ['CKV2_K8S_4'],
  severity: 'medium',
  title: 'No role writes the status of Services or pods',
  why: 'A load balancer address written into a Service status takes over traffic to that address (CVE-2020-8554), and a pod status moves pods in and out of Services.',
  fix: 'Leave status subresources to the controllers of Kubernetes.',
  frameworks: ['nsa:authentication-and-authorization', 'owasp:K03'],
  lets: 'write the status of Services or pods',
  rights: [{ verbs: ['update', 'patch'], group: '', resources: ['services/status', 'pods/status'] }],
  droppable: true,
  examples: {
    pass: () => [harmless()],
    fail: () => [clusterWide(rule('', ['services/status'], ['get', 'patch']))],
  },
});
