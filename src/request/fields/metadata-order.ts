// The fields of ObjectMeta in the order of the Go struct (k8s.io/apimachinery/pkg/apis/meta/v1, 1.36), in which texts of Go show them.

export const metadataOrder: readonly string[] = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
];
