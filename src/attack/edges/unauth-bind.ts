// Edge unauth-bind. A binding to the anonymous user or its group gives rights to whoever reaches the API server without any credential.
// Whether anonymous requests are on, and for which paths (KEP-4633), is a setting of the API server: on unless it says otherwise.

import type { Edge } from '../edge.ts';
import { binding } from '../examples.ts';

export const unauthBind: Edge = {
  id: 'unauth-bind',
  title: 'Calls the API without a credential',
  needs: 'a binding to system:anonymous or system:unauthenticated',
  gains: 'what the binding gives',
  technique: { attack: 'T1133', matrix: 'Exposed sensitive interfaces' },
  fix: 'delete the binding; switch anonymous requests off',
  cost: 1,
  derive: ({ graph, rights }) => {
    for (const [kind, name] of [
      ['user', 'system:anonymous'],
      ['group', 'system:unauthenticated'],
    ] as const) {
      const holder = graph.find(kind, '', name);
      const given = rights.bindingsTo(kind === 'user' ? 'User' : 'Group', name);
      const [first] = given;
      if (holder === undefined || first === undefined) continue;
      const evidence = [
        {
          resource: first.resource,
          path: '/subjects',
          text: `a binding names ${name}; anonymous requests are on unless the API server says otherwise`,
        },
      ];
      graph.arc(graph.vertex('internet'), holder, { edge: 'unauth-bind', evidence, repairs: rights.withoutAll(given, name) });
    }
  },
  example: {
    objects: binding({ kind: 'Group', name: 'system:unauthenticated', apiGroup: 'rbac.authorization.k8s.io' }, ['get configmaps']),
  },
};
