// `cofferdam/kube`: Kubernetes' data model for programs. Texts with positions, objects, pods of every workload kind, selectors, quantities,
// patches, schemas by release.

export { parseDuration } from './duration.ts';
export { editDocument } from './edit/edit.ts';
export {
  annotationsOf,
  type GroupVersionKind,
  groupVersionKind,
  isKubeObject,
  type KubeObject,
  labelsOf,
  nameOf,
  objectsIn,
} from './object.ts';
export { applyJsonPatch, type JsonPatch, type JsonPatchOperation } from './patch/json-patch.ts';
export { applyMergePatch } from './patch/merge-patch.ts';
export { applyStrategicMergePatch } from './patch/strategic-merge.ts';
export { podsOf } from './pod/lower.ts';
export type { Container, ContainerRole, Pod } from './pod/types.ts';
export * from './quantity.ts';
export { knownReleases, loadSchemas, schemasOf } from './schema/load.ts';
export { violations } from './schema/validate.ts';
export { isNamespaced } from './scope.ts';
export { labelSelector, matches, parseSelector, type Selector } from './selector.ts';
export { fieldLocator, fieldPosition, fieldRange, type ParsedYaml, parseYaml, type YamlDocument } from './yaml/parse.ts';
