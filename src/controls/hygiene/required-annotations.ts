// Annotations that a team wants on every workload, such as whom to write to. Off by default: the list is the team's own.

import { annotationsOf } from '../../kube/object.ts';
import { strings } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const requiredAnnotations = control({
  id: 'hygiene/required-annotations',
  aliases: ['required-annotation-email'],
  severity: 'low',
  title: 'Workloads carry every annotation that is required here',
  why: 'What everyone relies on to reach the owners of a workload is missing where it is needed.',
  fix: 'Add the annotation with its value.',
  frameworks: [],
  parameters: { annotations: ['email'] },
  enabled: false,
  on: pods,
  check: ({ object }, { parameters }) => {
    const annotations = annotationsOf(object);
    return strings(parameters.annotations)
      .filter((key) => (annotations[key] ?? '') === '')
      .map((key) => fail(`/metadata/annotations${pointer(key)}`, 'missing', `the annotation "${key}" is missing`));
  },
  examples: {
    pass: () => [
      cluster(deployment({ metadata: { labels: { 'app.kubernetes.io/name': 'app' }, annotations: { email: 'shop@example.com' } } })),
    ],
    fail: () => [cluster(deployment())],
  },
});
