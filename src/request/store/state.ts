// What a cluster has stored, as the request pipeline reads it and as a local API server keeps it. Keys are those of etcd: resource, namespace,
// name. Reading needs only `State`; a snapshot gives one, and so does the store of a simulated server.

import type { JsonObject } from '../../lib/json.ts';

/** A resource as a storage knows it: group and plural name, `{ group: 'apps', resource: 'deployments' }`. */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** Where CustomResourceDefinitions are stored. */
export const definitions: GroupResource = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' };

export interface State {
  /** The stored object, in the version it was stored in; '' is the namespace of cluster-scoped resources. */
  readonly get: (resource: GroupResource, namespace: string, name: string) => JsonObject | undefined;
  /** All objects of a resource, by namespace and name; of one namespace where it is given. */
  readonly list: (resource: GroupResource, namespace?: string) => readonly JsonObject[];
}

/** What differs from one run of a pure pipeline to the next, given from outside. */
export interface Circumstances {
  /** The time of the request, RFC 3339 in UTC with whole seconds. */
  readonly now: string;
  /** A new UID each time. */
  readonly uid: () => string;
  /** `length` new characters out of those that generateName uses. */
  readonly suffix: (length: number) => string;
}
