// A LimitRange gives containers that name no requests and limits some, and bounds those that do. Without one a single pod may take a node.

import { ofKind } from '../../snapshot/lookup.ts';
import { control, fail } from '../control.ts';
import { cluster, clusterWithout } from '../examples.ts';
import { isExempt, namespaces, systemNamespaces, unknownNamespace } from '../namespaces.ts';

export const limitRange = control({
  id: 'namespace/limit-range',
  aliases: ['KSV-0039', 'RES-007-0', 'RES-008-0', 'RES-007', 'RES-008'],
  severity: 'low',
  title: 'Every namespace has a LimitRange',
  why: 'A container without limits can use up the memory and CPU of its node, and the scheduler cannot plan for it.',
  fix: 'Add a LimitRange with default, defaultRequest and max for cpu and memory.',
  frameworks: ['nsa:resource-policies', 'attack:T1499', 'matrix:MS-TA9040', 'pci:11.1.a'],
  parameters: { exempt: systemNamespaces },
  on: namespaces,
  check: ({ name, resource }, context) => {
    if (isExempt(name, context) || ofKind(context.snapshot, '', 'LimitRange').some((range) => range.namespace === name)) return [];
    if (resource === undefined) return [unknownNamespace(name, 'a LimitRange')];
    return [fail('/metadata/name', 'no-limit-range', `namespace "${name}" has no LimitRange`)];
  },
  examples: {
    pass: () => [cluster()],
    fail: () => [clusterWithout(['LimitRange'])],
  },
});
