// Labels that a team wants on every workload: all of them, unlike the recommended ones. Off by default: the list is the team's own.

import { labelsOf } from '../../kube/object.ts';
import { strings } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const requiredLabels = control({
  id: 'hygiene/required-labels',
  aliases: ['required-label-owner'],
  severity: 'low',
  title: 'Workloads carry every label that is required here',
  why: 'When it breaks at night nobody knows whom to call, and costs cannot be told apart.',
  fix: 'Add the label with its value.',
  frameworks: [],
  parameters: { labels: ['owner'] },
  enabled: false,
  on: pods,
  check: ({ object }, { parameters }) => {
    const labels = labelsOf(object);
    return strings(parameters.labels)
      .filter((key) => (labels[key] ?? '') === '')
      .map((key) => fail(`/metadata/labels${pointer(key)}`, 'missing', `the label "${key}" is missing`));
  },
  examples: {
    pass: () => [cluster(deployment({ metadata: { labels: { owner: 'shop', 'app.kubernetes.io/name': 'app' } } }))],
    fail: () => [cluster(deployment())],
  },
});
