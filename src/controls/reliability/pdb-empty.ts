// A budget that says neither how many pods must stay nor how many may go protects nothing.

import { dig } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { setField } from '../repair.ts';
import { budget } from './examples.ts';

export const pdbEmpty = control({
  id: 'reliability/pdb-empty',
  aliases: ['poddisruptionbudget-has-policy'],
  severity: 'low',
  title: 'Disruption budgets say what they allow',
  why: 'The budget looks like protection and lets all pods be evicted at once.',
  fix: 'Set `maxUnavailable: 1`, or the number of pods that must stay.',
  frameworks: [],
  on: objects('policy/PodDisruptionBudget'),
  check: ({ object }) =>
    (dig(object, 'spec', 'minAvailable') ?? dig(object, 'spec', 'maxUnavailable') ?? null) === null
      ? [fail('/spec/maxUnavailable', 'no-policy', 'it sets neither minAvailable nor maxUnavailable')]
      : [],
  repair: ({ path }, object) => setField(object, path, 1),
  examples: { pass: () => [cluster(deployment())], fail: () => [cluster(deployment(), budget({}))] },
});
