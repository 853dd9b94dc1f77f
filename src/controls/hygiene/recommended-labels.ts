// The labels that Kubernetes recommends for all objects, so that tools can tell what belongs together. One of them is enough here.

import { strings } from '../../lib/json.ts';
import { control, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { withoutAnyOf } from './labels.ts';

export const recommendedLabels = control({
  id: 'hygiene/recommended-labels',
  aliases: ['C-0077'],
  severity: 'low',
  title: 'Workloads and their pods carry recommended labels',
  why: 'Nobody can tell to which application the pods belong, who owns them, or which policies are meant for them.',
  fix: 'Add `app.kubernetes.io/name` and its sisters to the object and to its pod template.',
  frameworks: [],
  parameters: {
    labels: [
      'app.kubernetes.io/name',
      'app.kubernetes.io/instance',
      'app.kubernetes.io/version',
      'app.kubernetes.io/component',
      'app.kubernetes.io/part-of',
      'app.kubernetes.io/managed-by',
      'app.kubernetes.io/created-by',
    ],
  },
  on: pods,
  check: (subject, { parameters }) => withoutAnyOf(subject, strings(parameters.labels)),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(deployment({ metadata: { labels: { app: 'shop' } } }))],
  },
});
