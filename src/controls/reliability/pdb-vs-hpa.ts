// A budget that asks for as many pods as the autoscaler's minimum blocks every drain while load is low, which is when drains are done.

import { scaledValue } from '../../kube/port.ts';
import { dig } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { coveredWorkloads } from './budgets.ts';
import { autoscaler, budget, scaledDeployment } from './examples.ts';
import { scaleOf } from './scale.ts';

export const pdbVsHpa = control({
  id: 'reliability/pdb-vs-hpa',
  aliases: ['pdbMinAvailableGreaterThanHPAMinReplicas'],
  severity: 'medium',
  title: 'Disruption budgets leave room at the minimum of the autoscaler',
  why: 'At low load no pod may go, and the nodes cannot be drained just when they should be.',
  fix: 'Use `maxUnavailable`, or keep `minAvailable` below `minReplicas`.',
  frameworks: [],
  on: objects('policy/PodDisruptionBudget'),
  check: ({ resource, object }, { snapshot }) => {
    const minAvailable = dig(object, 'spec', 'minAvailable');
    if (typeof minAvailable === 'string' && Number.parseInt(minAvailable, 10) >= 100) return [];
    return coveredWorkloads(resource, snapshot).flatMap((workload) => {
      const scaler = scaleOf(workload, snapshot).autoscaler;
      const needed = scaler === undefined || scaler.least === 0 ? undefined : scaledValue(minAvailable, scaler.least, 'up');
      if (scaler === undefined || needed === undefined || needed < scaler.least) return [];
      const detail = `${needed} pods must stay available, and the autoscaler "${scaler.resource.name}" goes down to ${scaler.least}`;
      return [
        fail('/spec/minAvailable', 'at-minimum', detail, {
          evidence: [{ resource: scaler.resource, path: '/spec/minReplicas', note: 'its minimum' }],
        }),
      ];
    });
  },
  examples: {
    pass: () => [cluster(scaledDeployment(), autoscaler(), budget({ minAvailable: 2 }))],
    fail: () => [
      cluster(scaledDeployment(), autoscaler(), budget({ minAvailable: 3 })),
      cluster(scaledDeployment(), autoscaler({ minReplicas: 2 }), budget({ minAvailable: '60%' })),
    ],
  },
});
