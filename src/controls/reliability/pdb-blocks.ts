// A budget that allows no disruption at all makes every drain hang until somebody deletes it: node upgrades stop, and so do security fixes.
// Percentages are rounded up, as the disruption controller of 1.36 does. Autoscaled workloads are compared with their autoscaler elsewhere.

import { scaledValue } from '../../kube/port.ts';
import { dig } from '../../lib/json.ts';
import { control, fail, type Outcome, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { coveredWorkloads } from './budgets.ts';
import { budget } from './examples.ts';
import { scaleOf } from './scale.ts';

export const pdbBlocks = control({
  id: 'reliability/pdb-blocks',
  aliases: ['pdb-max-unavailable', 'pdb-min-available', 'pdbDisruptionsIsZero', 'POP-901'],
  severity: 'medium',
  title: 'Disruption budgets let at least one pod go',
  why: 'Nodes that hold such a pod cannot be drained, so that upgrades and security fixes of the nodes wait for ever.',
  fix: 'Use `maxUnavailable: 1`, or a `minAvailable` below the number of pods.',
  frameworks: ['bsi:APP.4.4.A19'],
  on: objects('policy/PodDisruptionBudget'),
  check: ({ resource, object }, { snapshot }): readonly Outcome[] => {
    const maxUnavailable = dig(object, 'spec', 'maxUnavailable');
    const minAvailable = dig(object, 'spec', 'minAvailable');
    if (maxUnavailable === 0 || maxUnavailable === '0%') return [fail('/spec/maxUnavailable', 'zero', 'no pod may ever be unavailable')];
    if (minAvailable === undefined) return [];
    if (typeof minAvailable === 'string' && Number.parseInt(minAvailable, 10) >= 100)
      return [fail('/spec/minAvailable', 'all', 'every pod must stay available')];
    const workloads = coveredWorkloads(resource, snapshot);
    const scales = workloads.map((workload) => scaleOf(workload, snapshot));
    if (scales.some(({ autoscaler }) => autoscaler !== undefined)) return [];
    const total = scales.reduce((sum, scale) => sum + scale.replicas, 0);
    const needed = scaledValue(minAvailable, total, 'up');
    if (total === 0 || needed === undefined || needed < total) return [];
    return [
      fail('/spec/minAvailable', 'all', `${needed} pods must stay available, and the workloads it selects run ${total}`, {
        evidence: workloads.map((workload) => ({ resource: workload, path: '/spec/replicas', note: 'number of pods' })),
      }),
    ];
  },
  examples: {
    pass: () => [cluster(deployment()), cluster(deployment(), budget({ minAvailable: '50%' }))],
    fail: () => [
      cluster(deployment(), budget({ maxUnavailable: 0 })),
      cluster(deployment(), budget({ minAvailable: '100%' })),
      cluster(deployment(), budget({ minAvailable: 3 })),
    ],
  },
});
