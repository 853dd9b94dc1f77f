// Edge wildcard-admin. A rule for every verb, group and resource is what cluster-admin is, whatever its role is called; given by a
// RoleBinding it is the same within the namespace.

import type { Edge } from '../edge.ts';
import { holding } from '../examples.ts';

export const wildcardAdmin: Edge = {
  id: 'wildcard-admin',
  title: 'May do everything',
  needs: ['* *.*'],
  gains: 'cluster-admin',
  technique: { attack: 'T1078', matrix: 'Cluster-admin binding' },
  fix: 'grant the rights that are used',
  cost: 1,
  derive: ({ rights }) => rights.crown(),
  example: { objects: holding(['* *.*'], '') },
};
