// `cofferdam/snapshot`: a cluster, or manifests meant for one, as data; its indexes and ownership.

export { find, named, ofKind, workloads } from './lookup.ts';
export { controllerOf, ownerOf } from './owners.ts';
export {
  assumedFacts,
  type ClusterFacts,
  type Coverage,
  type Origin,
  type Resource,
  resource,
  type Snapshot,
  snapshot,
} from './snapshot.ts';
