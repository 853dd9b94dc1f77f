// An autoscaler that may go down to one pod makes the workload a single one at quiet hours. `minReplicas` defaults to 1 (autoscaling/v2).

import { asNumber, dig } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { autoscaler, scaledDeployment } from './examples.ts';

export const hpaMin = control({
  id: 'reliability/hpa-min',
  aliases: ['hpa-minimum-three-replicas', 'hpaMinAvailability', 'horizontalpodautoscaler-replicas'],
  severity: 'low',
  title: 'Autoscalers keep enough pods to lose one',
  why: 'At low load the workload is down to one pod, and every drain or crash is an outage.',
  fix: 'Set `minReplicas` to 2 or more.',
  frameworks: ['bsi:APP.4.4.A19'],
  parameters: { minimum: 2 },
  on: objects('autoscaling/HorizontalPodAutoscaler'),
  check: ({ object }, { parameters }) => {
    const written = asNumber(dig(object, 'spec', 'minReplicas'));
    const minimum = asNumber(parameters.minimum) ?? 2;
    if ((written ?? 1) >= minimum) return [];
    const detail =
      written === undefined ? 'no minimum is set, so it goes down to 1 pod' : `it goes down to ${written} of at least ${minimum} pods`;
    return [fail('/spec/minReplicas', written === undefined ? 'default' : 'too-few', detail)];
  },
  examples: {
    pass: () => [cluster(scaledDeployment(), autoscaler())],
    fail: () => [cluster(scaledDeployment(), autoscaler({ minReplicas: 1 }))],
  },
});
