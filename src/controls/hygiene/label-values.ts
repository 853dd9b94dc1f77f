// Keys and values of labels have a form; the API server refuses an object that breaks it. apimachinery 1.36 validation: at most 63 characters
// that start and end with a letter or digit. Values that are no texts are left to schema validation. Definitions of custom resources, which
// are large and rarely labelled, are left out.

import { isLabelValue, isQualifiedName } from '../../kube/names.ts';
import { labelsOf } from '../../kube/object.ts';
import { pointer } from '../../lib/json-pointer.ts';
import { control, fail, type Outcome, objectsWhere, unknown } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

const placeholder = /\$[({[]|\{\{|<[^<>]*>/;

export const labelValues = control({
  id: 'hygiene/label-values',
  aliases: ['label-values'],
  severity: 'medium',
  title: 'Labels have a form that the API server accepts',
  why: 'The object is refused at the moment it is applied, which may be the middle of a release.',
  fix: 'Use at most 63 letters, digits, dashes, dots and underscores, with a letter or digit at both ends; put longer texts into annotations.',
  frameworks: [],
  on: objectsWhere('every object', ({ kind }) => kind !== 'CustomResourceDefinition'),
  check: ({ resource, object }) => [
    ...malformed(labelsOf(object), '/metadata/labels'),
    ...resource.pods.flatMap((pod) => (pod.metadataPath === '/metadata' ? [] : malformed(pod.labels, `${pod.metadataPath}/labels`))),
  ],
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(deployment({ metadata: { labels: { 'app.kubernetes.io/name': 'app', note: 'ask Anna, please' } } })),
      cluster(deployment({ metadata: { labels: { 'app.kubernetes.io/name': 'app', 'a/b/c': 'x' } } })),
      cluster(deployment({ metadata: { labels: { 'app.kubernetes.io/name': 'app', version: 'v'.repeat(64) } } })),
    ],
  },
});

/** Labels that are well formed: objects that stand in a repository many times share theirs. */
const good = new WeakSet<Readonly<Record<string, string>>>();

function malformed(labels: Readonly<Record<string, string>>, path: string): readonly Outcome[] {
  if (good.has(labels)) return [];
  const found = complaints(labels, path);
  if (found.length === 0) good.add(labels);
  return found;
}

function complaints(labels: Readonly<Record<string, string>>, path: string): readonly Outcome[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const at = path + pointer(key);
    const shown = key.length > 80 ? `${key.slice(0, 80)}…` : key;
    if (isQualifiedName(key) && isLabelValue(value)) return [];
    if (placeholder.test(key) || placeholder.test(value))
      return [unknown(at, 'placeholder', `label "${shown}" is filled in by another tool`)];
    return isQualifiedName(key)
      ? [fail(at, 'bad-value', `the value of label "${shown}" has a form that is refused`)]
      : [fail(at, 'bad-key', `"${shown}" is no label key`)];
  });
}
