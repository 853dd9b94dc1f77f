// A Snapshot: everything known about a cluster, or about manifests meant for one, at one moment. Immutable: analyses take it and return
// facts; a change is a new snapshot that shares the rest.

import { groupVersion, type KubeObject, nameOf } from '../kube/object.ts';
import { podsOf } from '../kube/pod/lower.ts';
import type { Pod } from '../kube/pod/types.ts';
import { isNamespaced } from '../kube/scope.ts';
import { asString, field } from '../lib/json.ts';
import type { Problem } from '../lib/problem.ts';

/** Where an object was written or read. */
export type Origin =
  | {
      readonly kind: 'file';
      /** Path as the user gave it, with forward slashes; `-` is standard input. */
      readonly file: string;
      /** Offset of the document in the file, and of the object in the document (a list item's pointer, else ''). */
      readonly document: number;
      readonly documentEnd: number;
      readonly pointer: string;
      /** For rendered objects: the chart or kustomization they come from. */
      readonly rendered?: string;
      /** For rendered objects: the patches laid over what was written, the last one on top. */
      readonly patches?: readonly PatchPlace[];
    }
  | { readonly kind: 'cluster'; readonly context: string; readonly resourceVersion: string }
  | { readonly kind: 'memory' };

/** Where a patch of an object is written. */
export interface PatchPlace {
  readonly file: string;
  readonly document: number;
  readonly documentEnd: number;
  readonly pointer: string;
}

/** One object of a snapshot. `object` is read on first use where the source can tell what it is without reading it whole. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Effective namespace: what was written, else the default namespace for namespaced kinds, else '' for cluster-scoped ones. */
  readonly namespace: string;
  readonly name: string;
  readonly object: KubeObject;
  readonly origin: Origin;
  /** The pods this object describes; empty for most kinds. */
  readonly pods: readonly Pod[];
}

/** What is known of the cluster itself. Undefined is "not known", never "no". */
export interface ClusterFacts {
  /** Minor version whose semantics apply: `1.36`. */
  readonly kubernetesVersion: string;
  readonly versionKnown: boolean;
  readonly distribution?: 'eks' | 'aks' | 'gke' | 'openshift' | 'k3s' | 'self-managed';
  readonly live: boolean;
}

/** What was looked at, what was not, and why. */
export interface Coverage {
  readonly source: string;
  readonly state: 'read' | 'partial' | 'skipped' | 'failed' | 'absent';
  readonly detail: string;
  /** Seconds between reading the source and now, for evidence that ages. */
  readonly age?: number;
}

export interface Snapshot {
  readonly resources: readonly Resource[];
  readonly facts: ClusterFacts;
  readonly problems: readonly Problem[];
  readonly coverage: readonly Coverage[];
}

/** Newest Kubernetes minor this program knows. */
export const newestKnownVersion = '1.37';

/** Facts for manifests without a cluster. */
export function assumedFacts(kubernetesVersion: string | undefined): ClusterFacts {
  return { kubernetesVersion: kubernetesVersion ?? newestKnownVersion, versionKnown: kubernetesVersion !== undefined, live: false };
}

/** The facts to judge by: the version asked for wins over the cluster's own; manifests alone are judged by the newest known. */
export function factsFor(known: ClusterFacts | undefined, asked: string | undefined): ClusterFacts {
  if (known === undefined) return assumedFacts(asked);
  return asked === undefined ? known : { ...known, kubernetesVersion: asked, versionKnown: true };
}

/**
 * Makes a resource of an object. `defaultNamespace` is used for namespaced kinds that name none; `namespaced` is the kind's scope where
 * the caller knows it from a definition.
 */
export function resource(
  object: KubeObject,
  origin: Origin,
  defaultNamespace = 'default',
  namespaced = isNamespaced(groupVersion(object.apiVersion).group, object.kind) !== false,
): Resource {
  const { group, version } = groupVersion(object.apiVersion);
  const written = asString(field(object.metadata, 'namespace')) ?? '';
  const namespace = !namespaced ? '' : written === '' ? defaultNamespace : written;
  const made = { group, version, kind: object.kind, namespace, name: nameOf(object), object, origin };
  return Object.defineProperty(made, 'pods', lazyPods) as Resource;
}

/** One for all resources, which then have one form and are read quickly; a getter written into each would give each its own. */
const lazyPods: PropertyDescriptor & ThisType<Resource> = {
  enumerable: true,
  configurable: true,
  get() {
    return podsOf(this.object);
  },
};

/** Like `resource` for objects that are costly to read: kind, name and group are known, the object is read when someone asks. */
export function lazyResource(known: Omit<Resource, 'object' | 'pods'>, read: () => KubeObject): Resource {
  const { group, version, kind, namespace, name, origin } = known;
  const made = { group, version, kind, namespace, name, origin, pods: noPods };
  const resource = Object.defineProperty(made, 'object', lazyObject) as unknown as Resource;
  readers.set(resource, read);
  return resource;
}

const noPods: readonly Pod[] = [];
const readers = new WeakMap<Resource, () => KubeObject>();
const objects = new WeakMap<Resource, KubeObject>();

const lazyObject: PropertyDescriptor & ThisType<Resource> = {
  enumerable: true,
  configurable: true,
  get() {
    let object = objects.get(this);
    if (object === undefined) {
      object = readers.get(this)?.();
      if (object !== undefined) objects.set(this, object);
    }
    return object;
  },
};

/** Puts a snapshot together. The order of resources is kept: it is the order of every report. */
export function snapshot(parts: {
  readonly resources: readonly Resource[];
  readonly facts?: ClusterFacts;
  readonly problems?: readonly Problem[];
  readonly coverage?: readonly Coverage[];
}): Snapshot {
  return {
    resources: parts.resources,
    facts: parts.facts ?? assumedFacts(undefined),
    problems: parts.problems ?? [],
    coverage: parts.coverage ?? [],
  };
}
