// What a server would have stored that holds the objects of a snapshot: each under the resource of its kind, with defaults filled in, and
// what every server makes by itself. Of manifests without a cluster more is assumed, and said: namespaces that objects name exist, and have
// their default ServiceAccount.

import { groupVersion, type KubeObject } from '../../kube/object.ts';
import { withDefaults } from '../../kube/schema/defaults/apply.ts';
import type { Release } from '../../kube/schema/release.ts';
import { customKind } from '../../kube/schema/structural.ts';
import { asObject, type Json, type JsonObject } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { GroupResource } from './state.ts';
import { memoryStore, type Store, type Stored } from './store.ts';

export interface Assembled {
  readonly store: Store;
  /** What was taken for granted, as sentences. */
  readonly assumed: readonly string[];
}

/** Fills a store; `namespaces` are those that the request names. */
export function storeOf(snapshot: Snapshot, release: Release, namespaces: readonly string[] = []): Assembled {
  const initial: Stored[] = [];
  const custom = new Map<string, GroupResource>();
  for (const { object } of ofKind(snapshot, 'apiextensions.k8s.io', 'CustomResourceDefinition')) {
    const found = customKind(object as Json);
    if (found !== undefined) custom.set(`${found.group}/${found.kind}`, { group: found.group, resource: found.plural });
  }
  for (const { group, kind, namespace, name, object } of snapshot.resources) {
    const known = release.resourceOf(object.apiVersion, kind);
    const resource = known === undefined ? custom.get(`${group}/${kind}`) : { group, resource: known.name };
    if (resource === undefined || name === '') continue;
    const placed = { ...object, metadata: { ...asObject(object.metadata), ...(namespace === '' ? {} : { namespace }) } };
    initial.push({ resource, namespace, name, object: completed(placed, release) });
  }
  const store = memoryStore({ initial });
  for (const object of bornWith) put(store, object);
  const assumed = snapshot.facts.live ? [] : assume(store, [...namespaces, ...snapshot.resources.map(({ namespace }) => namespace)]);
  return { store, assumed };
}

function completed(object: KubeObject, release: Release): JsonObject {
  const defaulted = (withDefaults(object, release) ?? object) as JsonObject;
  if (object.kind !== 'Namespace' || groupVersion(object.apiVersion).group !== '') return defaulted;
  const metadata = asObject(defaulted.metadata);
  const labels = { ...asObject(metadata.labels), 'kubernetes.io/metadata.name': metadata.name ?? '' };
  return { ...defaulted, metadata: { ...metadata, labels }, status: { phase: 'Active', ...asObject(defaulted.status) } };
}

const resources: Readonly<Record<string, GroupResource>> = {
  Namespace: { group: '', resource: 'namespaces' },
  ServiceAccount: { group: '', resource: 'serviceaccounts' },
  PriorityClass: { group: 'scheduling.k8s.io', resource: 'priorityclasses' },
};

function namespaceObject(name: string): JsonObject {
  const metadata = { name, labels: { 'kubernetes.io/metadata.name': name } };
  return { apiVersion: 'v1', kind: 'Namespace', metadata, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
}

/** What a server makes when it starts. */
const bornWith: readonly JsonObject[] = [
  ...['default', 'kube-system', 'kube-public', 'kube-node-lease'].map(namespaceObject),
  ...(
    [
      ['system-cluster-critical', 2_000_000_000],
      ['system-node-critical', 2_000_001_000],
    ] as const
  ).map(
    ([name, value]): JsonObject => ({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
      preemptionPolicy: 'PreemptLowerPriority',
    }),
  ),
];

/** Puts an object in place unless there is one; true where there was none. */
function put(store: Store, object: JsonObject): boolean {
  const { name = '', namespace = '' } = asObject(object.metadata);
  const resource = resources[String(object.kind)];
  if (resource === undefined || store.get(resource, String(namespace), String(name)) !== undefined) return false;
  store.put(resource, String(namespace), String(name), object);
  return true;
}

/** The ServiceAccount that a controller makes in every namespace; true where there was none. */
export function giveServiceAccount(store: Store, namespace: string): boolean {
  return put(store, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } });
}

function assume(store: Store, names: readonly string[]): readonly string[] {
  const assumed: string[] = [];
  const missing = [...new Set(names)].filter((name) => name !== '' && put(store, namespaceObject(name))).sort();
  if (missing.length > 0) assumed.push(`the input has no Namespace ${missing.join(', ')}; taken as there, without labels`);
  const accounts = store
    .list({ group: '', resource: 'namespaces' })
    .filter(({ metadata }) => giveServiceAccount(store, String(asObject(metadata).name ?? '')));
  if (accounts.length > 0) assumed.push('every namespace is taken to have its ServiceAccount "default", which a controller makes');
  return assumed;
}
