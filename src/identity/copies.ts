// Repositories hold the same role or binding many times, one for every example or overlay. Analyses take one of each, so that copies do
// not multiply each other; whoever shows a proof asks for the copy that stands nearest to what is blamed.

import type { KubeObject } from '../kube/object.ts';
import { canonicalJson, field } from '../lib/json.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';

interface Copies {
  readonly first: ReadonlyMap<Resource, Resource>;
  readonly all: ReadonlyMap<Resource, readonly Resource[]>;
}

const cache = new WeakMap<Snapshot, Copies>();

const parts = ['rules', 'aggregationRule', 'roleRef', 'subjects'];

/** The first object of the snapshot that says the same under the same name: the object itself where it is the first. For RBAC objects. */
export function firstCopy(snapshot: Snapshot, resource: Resource): Resource {
  return copies(snapshot).first.get(resource) ?? resource;
}

/** Of the copies of an object, the one from the same file as `near`, else the object. */
export function copyNear(snapshot: Snapshot, resource: Resource, near: Resource): Resource {
  const place = near.origin.kind === 'file' ? near.origin.file : undefined;
  const same = (copy: Resource) => copy.origin.kind === 'file' && copy.origin.file === place;
  if (place === undefined || same(resource)) return resource;
  return copies(snapshot).all.get(firstCopy(snapshot, resource))?.find(same) ?? resource;
}

function copies(snapshot: Snapshot): Copies {
  let built = cache.get(snapshot);
  if (built === undefined) {
    built = collect(snapshot);
    cache.set(snapshot, built);
  }
  return built;
}

function collect({ resources }: Snapshot): Copies {
  const byName = new Map<string, Resource[]>();
  for (const resource of resources) {
    if (resource.group !== 'rbac.authorization.k8s.io') continue;
    const key = `${resource.kind} ${resource.namespace}/${resource.name}`;
    const list = byName.get(key);
    if (list === undefined) byName.set(key, [resource]);
    else list.push(resource);
  }
  const texts = new Map<KubeObject, string>();
  const textOf = (object: KubeObject): string => {
    let text = texts.get(object);
    if (text === undefined) {
      text = canonicalJson([field(object.metadata, 'labels'), ...parts.map((part) => field(object, part))]);
      texts.set(object, text);
    }
    return text;
  };
  const first = new Map<Resource, Resource>();
  const all = new Map<Resource, Resource[]>();
  for (const same of byName.values()) {
    if (same.length === 1) continue;
    const byText = new Map<string, Resource>();
    for (const resource of same) {
      const text = textOf(resource.object);
      const known = byText.get(text);
      if (known === undefined) {
        byText.set(text, resource);
        all.set(resource, [resource]);
      } else all.get(known)?.push(resource);
      first.set(resource, known ?? resource);
    }
  }
  return { first, all };
}
