// Edge authn-bind. Everybody with any credential is in system:authenticated: every service account, and on GKE every Google account.

import type { Edge } from '../edge.ts';
import { binding } from '../examples.ts';

export const authnBind: Edge = {
  id: 'authn-bind',
  title: 'Uses what is given to everybody who signs in',
  needs: 'a binding to system:authenticated',
  gains: 'what the binding gives',
  technique: { attack: 'T1078.004', matrix: 'Exposed sensitive interfaces' },
  fix: 'delete the binding',
  cost: 2,
  derive: ({ graph, rights, provider }) => {
    const holder = graph.find('group', '', 'system:authenticated');
    const given = rights.bindingsTo('Group', 'system:authenticated');
    const [first] = given;
    if (holder === undefined || first === undefined) return;
    const known = provider === 'gcp';
    const text = known ? 'any Google account signs in to a GKE cluster' : 'who can sign in besides service accounts is not known';
    graph.arc(graph.vertex('internet'), holder, {
      edge: 'authn-bind',
      cost: known ? 2 : 6,
      known,
      evidence: [{ resource: first.resource, path: '/subjects', text }],
      repairs: rights.withoutAll(given, 'system:authenticated'),
    });
  },
  example: { objects: binding({ kind: 'Group', name: 'system:authenticated', apiGroup: 'rbac.authorization.k8s.io' }, ['get configmaps']) },
};
