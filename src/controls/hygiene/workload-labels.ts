// Short labels of a team's own: which tier, phase, version, owner. Off by default, since it contradicts the recommended ones, which are on.

import { strings } from '../../lib/json.ts';
import { control, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { withoutAnyOf } from './labels.ts';

export const workloadLabels = control({
  id: 'hygiene/workload-labels',
  aliases: ['C-0076'],
  severity: 'low',
  title: "Workloads and their pods carry the team's labels",
  why: 'Policies, budgets and searches that go by these labels pass the workload by.',
  fix: 'Add one of the labels of the parameter `labels` to the object and to its pod template.',
  frameworks: [],
  parameters: { labels: ['app', 'tier', 'phase', 'version', 'owner', 'env'] },
  enabled: false,
  on: pods,
  check: (subject, { parameters }) => withoutAnyOf(subject, strings(parameters.labels)),
  examples: {
    parameters: { labels: ['app.kubernetes.io/part-of', 'team'] },
    pass: () => [cluster(deployment())],
    fail: () => [cluster(deployment({ metadata: { labels: { 'app.kubernetes.io/name': 'app' } } }))],
  },
});
