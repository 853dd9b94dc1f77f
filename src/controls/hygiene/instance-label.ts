// `app.kubernetes.io/instance` equal to the object's name. Off by default: Helm and others put the release there, which is right as well.

import { labelsOf } from '../../kube/object.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

const key = 'app.kubernetes.io/instance';

export const instanceLabel = control({
  id: 'hygiene/instance-label',
  aliases: ['metadataAndInstanceMismatched'],
  severity: 'low',
  title: 'The instance label is the name of the workload',
  why: 'Dashboards and selectors that go by the instance find another workload, or none.',
  fix: 'Set `app.kubernetes.io/instance` to the name of the object.',
  frameworks: [],
  enabled: false,
  on: pods,
  check: ({ resource, object }) => {
    const value = labelsOf(object)[key];
    if (value === resource.name) return [];
    const detail = value === undefined ? `the label ${key} is missing` : `the label ${key} is not the name "${resource.name}"`;
    return [fail('/metadata/labels/app.kubernetes.io~1instance', value === undefined ? 'missing' : 'mismatch', detail)];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(deployment({ metadata: { labels: { 'app.kubernetes.io/name': 'app', [key]: 'shop' } } }))],
  },
});
