// An autoscaler whose maximum is its minimum never scales; one whose maximum is below it is refused by the API.

import { asNumber, dig } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { autoscaler, scaledDeployment } from './examples.ts';

export const hpaMax = control({
  id: 'reliability/hpa-max',
  aliases: ['hpaMaxAvailability'],
  severity: 'low',
  title: 'Autoscalers have room to scale',
  why: 'The workload looks as if it would follow its load, and stays as small as it is.',
  fix: 'Raise `maxReplicas` above `minReplicas`, or remove the autoscaler and set `replicas`.',
  frameworks: [],
  on: objects('autoscaling/HorizontalPodAutoscaler'),
  check: ({ object }) => {
    const least = asNumber(dig(object, 'spec', 'minReplicas')) ?? 1;
    const most = asNumber(dig(object, 'spec', 'maxReplicas'));
    return most === undefined || most > least ? [] : [fail('/spec/maxReplicas', 'no-room', `at most ${most} pods, at least ${least}`)];
  },
  examples: {
    pass: () => [cluster(scaledDeployment(), autoscaler())],
    fail: () => [cluster(scaledDeployment(), autoscaler({ maxReplicas: 3 }))],
  },
});
