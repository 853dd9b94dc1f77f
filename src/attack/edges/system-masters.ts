// Edge system-masters. The group system:masters is let through before any authorizer is asked, and nothing takes that from it: certificates
// and maps of identities that name it are cluster-admin for as long as they live.

import type { Edge } from '../edge.ts';
import { binding } from '../examples.ts';

export const systemMasters: Edge = {
  id: 'system-masters',
  title: 'Is in system:masters',
  needs: 'the group system:masters',
  gains: 'cluster-admin, past every authorizer',
  technique: { attack: 'T1078', matrix: 'Cluster-admin binding' },
  fix: 'use groups of your own; rotate the certificate authority to take back certificates',
  cost: 1,
  derive: ({ graph }) => {
    const masters = graph.find('group', '', 'system:masters');
    const evidence = [{ text: 'kube-apiserver lets system:masters through before it asks an authorizer', path: '' }];
    if (masters !== undefined) graph.arc(masters, graph.vertex('cluster-admin'), { edge: 'system-masters', evidence });
  },
  example: {
    objects: binding({ kind: 'Group', name: 'system:masters', apiGroup: 'rbac.authorization.k8s.io' }, ['get configmaps']),
    notRepairedHere: true,
  },
};
