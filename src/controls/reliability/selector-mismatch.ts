// A workload whose selector does not meet its own pod template is refused by the API, in old API versions it made pods without end.
// Selectors of apps, batch and core workloads; an empty one is left to schema validation.

import { type Labels, mapSelects, selects } from '../../kube/label-selector.ts';
import type { KubeObject } from '../../kube/object.ts';
import { asList, asObject, dig, type Json } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

const selectorAt: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'selector'],
  ReplicaSet: ['spec', 'selector'],
  DaemonSet: ['spec', 'selector'],
  StatefulSet: ['spec', 'selector'],
  Job: ['spec', 'selector'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'selector'],
};

export const selectorMismatch = control({
  id: 'reliability/selector-mismatch',
  aliases: [
    'C-0296',
    'mismatching-selector',
    'deployment-pod-selector-labels-match-template-metadata-labels',
    'statefulset-pod-selector-labels-match-template-metadata-labels',
  ],
  severity: 'medium',
  title: 'Selectors of workloads meet their own pods',
  why: 'The API server refuses the workload: what should have been updated keeps running as it was.',
  fix: 'Make the selector and the labels of the pod template the same.',
  frameworks: [],
  on: pods,
  check: ({ resource, object, pod }) => {
    const path = mismatch(resource.kind, object, pod.labels);
    return path === undefined ? [] : [fail(path, 'mismatch', 'the selector does not meet the labels of the pod template')];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(deployment({ spec: { selector: { matchLabels: { 'app.kubernetes.io/name': 'other' } } } })),
      cluster(deployment({ spec: { selector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] } } })),
    ],
  },
});

/** Pointer of the part of the selector that the labels do not meet. */
function mismatch(kind: string, object: KubeObject, labels: Labels): string | undefined {
  if (kind === 'ReplicationController') {
    const selector: Json = asObject(dig(object, 'spec', 'selector'));
    return mapSelects(selector, labels) ? undefined : '/spec/selector';
  }
  const keys = Object.hasOwn(selectorAt, kind) ? selectorAt[kind] : undefined;
  if (keys === undefined) return undefined;
  const selector = dig(object, ...keys);
  const matchLabels = asObject(dig(selector, 'matchLabels'));
  if (Object.keys(matchLabels).length === 0 && asList(dig(selector, 'matchExpressions')).length === 0) return undefined;
  if (selects(selector, labels)) return undefined;
  return `/${keys.join('/')}/${mapSelects(matchLabels, labels) ? 'matchExpressions' : 'matchLabels'}`;
}
