// The order in which objects of manifests are sent, so that what others need is there before them.

const early = [
  'Namespace',
  'CustomResourceDefinition',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ServiceAccount',
  'LimitRange',
  'ResourceQuota',
  'Secret',
  'ConfigMap',
  'PersistentVolumeClaim',
];

/**
 * The place of a kind in that order; all that nothing waits for come last, together.
 *
 * @example `placeOfKind('Namespace')` is `0`
 */
export function placeOfKind(kind: string): number {
  const at = early.indexOf(kind);
  return at < 0 ? early.length : at;
}
