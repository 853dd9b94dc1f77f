// ConfigMaps, Secrets, service accounts and roles whose name appears in no other object of the input. Off by default: programs read such objects
// over the API, and other repositories may use them. To be wrong only by silence, any word of any text counts as a use.

import { annotationsOf, labelsOf } from '../../kube/object.ts';
import { asString, dig, field, isObject, type Json } from '../../lib/json.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const unusedObjects = control({
  id: 'hygiene/unused-objects',
  aliases: ['POP-400'],
  severity: 'low',
  title: 'Configuration, accounts and roles are used by something',
  why: 'Left-over Secrets and roles are credentials and rights that nobody looks after any more.',
  fix: 'Delete the object once its owner agrees that nothing reads it.',
  frameworks: ['owasp:K03'],
  enabled: false,
  on: objects('/ConfigMap', '/Secret', '/ServiceAccount', 'rbac.authorization.k8s.io/Role', 'rbac.authorization.k8s.io/ClusterRole'),
  check: ({ resource }, { snapshot }) =>
    isKept(resource) || isMentioned(resource, snapshot)
      ? []
      : [fail('/metadata/name', 'unused', `no other object mentions ${resource.kind} "${resource.name}"`)],
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(deployment(), settings())],
  },
});

const ownTypes = ['kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token', 'helm.sh/release.v1'];

/** True for objects that Kubernetes, Helm or a controller made, and for roles that are gathered into others by label. */
function isKept({ kind, name, object }: Resource): boolean {
  if (name === '' || name.startsWith('system:') || dig(object, 'metadata', 'ownerReferences', 0) !== undefined) return true;
  if (kind === 'ConfigMap' && name === 'kube-root-ca.crt') return true;
  if (kind === 'ServiceAccount' && name === 'default') return true;
  if (kind === 'Secret' && ownTypes.includes(asString(object.type) ?? '')) return true;
  return (
    Object.keys(labelsOf(object)).some((key) => key.startsWith('rbac.authorization.k8s.io/aggregate-to-')) ||
    annotationsOf(object)['rbac.authorization.kubernetes.io/autoupdate'] !== undefined
  );
}

const cache = new WeakMap<Snapshot, ReadonlyMap<string, Resource | 'several'>>();

/** True where an object other than this one has the name as a word of some text. */
function isMentioned(resource: Resource, snapshot: Snapshot): boolean {
  let words = cache.get(snapshot);
  if (words === undefined) {
    words = wordsOf(snapshot);
    cache.set(snapshot, words);
  }
  const by = words.get(resource.name);
  return by !== undefined && by !== resource;
}

function wordsOf(snapshot: Snapshot): ReadonlyMap<string, Resource | 'several'> {
  const words = new Map<string, Resource | 'several'>();
  for (const resource of snapshot.resources) {
    if (resource.kind === 'CustomResourceDefinition') continue;
    for (const text of textsOf(resource.object)) {
      for (const word of text.slice(0, 65_536).split(/[^A-Za-z0-9.:-]+/)) {
        const by = words.get(word);
        if (by === undefined) words.set(word, resource);
        else if (by !== resource) words.set(word, 'several');
      }
    }
  }
  return words;
}

/** Every text of an object but its own name and what servers keep about it. */
function* textsOf(value: Json, depth = 0): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (depth > 64) return;
  else if (Array.isArray(value)) for (const item of value as readonly Json[]) yield* textsOf(item, depth + 1);
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined || key === 'managedFields') continue;
      if (depth === 0 && key === 'metadata')
        yield* textsOf({ labels: field(item, 'labels') ?? null, annotations: field(item, 'annotations') ?? null }, 1);
      else yield* textsOf(item, depth + 1);
    }
}

function settings() {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'old-settings', namespace: 'shop', labels: { 'app.kubernetes.io/part-of': 'shop' } },
    data: { colour: 'blue' },
  };
}
