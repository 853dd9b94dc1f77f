// What policies may ask about the cluster at the door: namespaces and parameter objects, kept by watches so that no review waits for a request.
// A fact that is not there yet, or no longer kept, is *missing*, which the judge makes an error of the policy that asked; it is never taken
// for "there is none". Expressions that ask `authorizer` cannot be answered here, because that would be a request of its own: they err.

import { apiVersionOf, type KubeObject, nameOf } from '../../kube/object.ts';
import { asString, field, type JsonObject } from '../../lib/json.ts';
import type { Problem } from '../../lib/problem.ts';
import type { AdmissionContext } from '../../policy/admission.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import type { Connection } from '../../sources/cluster/connection.ts';
import type { ResourceType } from '../../sources/cluster/discovery.ts';
import { follow } from '../../sources/cluster/watcher.ts';
import { redactor } from '../../sources/secrets.ts';

export interface Facts {
  readonly context: AdmissionContext;
  /** Why nothing can be said about a kind now; undefined where all of its objects are known. */
  readonly missing: (apiVersion: string, kind: string) => string | undefined;
}

/** Objects by `apiVersion/kind`, then namespace and name. */
class Shelf {
  readonly #kinds = new Map<string, Map<string, KubeObject>>();

  put(object: KubeObject): void {
    const key = `${object.apiVersion} ${object.kind}`;
    let objects = this.#kinds.get(key);
    if (objects === undefined) {
      objects = new Map();
      this.#kinds.set(key, objects);
    }
    objects.set(`${asString(field(object.metadata, 'namespace')) ?? ''}/${nameOf(object)}`, object);
  }
  drop(apiVersion: string, kind: string, namespace: string, name: string): void {
    this.#kinds.get(`${apiVersion} ${kind}`)?.delete(`${namespace}/${name}`);
  }
  get(apiVersion: string, kind: string, namespace: string, name: string): KubeObject | undefined {
    return this.#kinds.get(`${apiVersion} ${kind}`)?.get(`${namespace}/${name}`);
  }
  list(apiVersion: string, kind: string, namespace: string): readonly JsonObject[] {
    const start = `${namespace}/`;
    const found = [...(this.#kinds.get(`${apiVersion} ${kind}`) ?? [])].filter(([key]) => namespace === '' || key.startsWith(start));
    return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }
}

/** Facts out of files: what is written there, and nothing about the rest. */
export function factsOfFiles(resources: readonly Resource[]): Facts {
  const shelf = new Shelf();
  const kinds = new Map<string, 'Namespaced' | 'Cluster'>();
  for (const { object, namespace } of resources) {
    shelf.put(namespace === '' ? object : { ...object, metadata: { ...object.metadata, namespace } });
    kinds.set(`${object.apiVersion} ${object.kind}`, namespace === '' ? 'Cluster' : 'Namespaced');
  }
  return {
    context: contextOf(shelf, (apiVersion, kind) => kinds.get(`${apiVersion} ${kind}`)),
    missing: (apiVersion, kind) =>
      kind === 'Namespace' || !kinds.has(`${apiVersion} ${kind}`) ? `no cluster is connected that would know ${kind} objects` : undefined,
  };
}

function contextOf(shelf: Shelf, scopeOf: (apiVersion: string, kind: string) => 'Namespaced' | 'Cluster' | undefined): AdmissionContext {
  return {
    namespace: (name) => shelf.get('v1', 'Namespace', '', name),
    params: {
      scopeOf,
      get: (apiVersion, kind, namespace, name) => shelf.get(apiVersion, kind, namespace, name),
      list: (apiVersion, kind, namespace) => shelf.list(apiVersion, kind, namespace),
    },
  };
}

export interface KeptFacts extends Facts {
  /** Resolves once every kind was read whole, or after `patience` milliseconds. */
  readonly synced: (patience: number) => Promise<boolean>;
  readonly stop: () => void;
}

/** Nothing is known, for one reason. */
export function noFacts(reason: string): Facts {
  return {
    context: { namespace: () => undefined, params: { scopeOf: () => 'Namespaced', get: () => undefined, list: () => [] } },
    missing: () => reason,
  };
}

/** Facts kept by watching a cluster. `kinds` are those that policies take parameters from; namespaces are always among them. */
export function factsOfCluster(
  connection: Connection,
  served: readonly ResourceType[],
  kinds: readonly { readonly apiVersion: string; readonly kind: string }[],
  tell: (problem: Problem) => void,
): KeptFacts {
  const ending = new AbortController();
  const shelf = new Shelf();
  const ready = new Set<string>();
  const types = new Map<string, ResourceType>();
  for (const type of served) types.set(`${apiVersionOf(type)} ${type.kind}`, type);
  const wanted = new Set(['v1 Namespace', ...kinds.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)]);
  const waiting: (() => void)[] = [];
  for (const key of wanted) {
    const type = types.get(key);
    // Values of Secrets are not kept by this program, so they cannot be parameters.
    if (type !== undefined && key !== 'v1 Secret') void keep(key, type);
  }
  async function keep(key: string, type: ResourceType): Promise<void> {
    const ingestion = { redact: redactor(), keepManagedFields: false };
    for await (const change of follow(connection, type, { ingestion, signal: ending.signal })) {
      if (change.kind === 'added' || change.kind === 'modified') shelf.put(change.object);
      else if (change.kind === 'deleted') shelf.drop(apiVersionOf(type), type.kind, change.namespace, change.name);
      else if (change.kind === 'problem') tell(change.problem);
      else {
        ready.add(key);
        if (isReady()) for (const resolve of waiting.splice(0)) resolve();
      }
    }
  }
  const isReady = () => [...wanted].every((key) => ready.has(key) || !types.has(key) || key === 'v1 Secret');
  return {
    context: contextOf(shelf, (apiVersion, kind) => {
      const type = types.get(`${apiVersion} ${kind}`);
      return type === undefined ? undefined : type.namespaced ? 'Namespaced' : 'Cluster';
    }),
    missing: (apiVersion, kind) => {
      const key = `${apiVersion} ${kind}`;
      if (key === 'v1 Secret') return 'Secrets cannot be parameters here: their values are not kept';
      return ready.has(key) || (!types.has(key) && wanted.has(key)) ? undefined : `${kind} objects have not been read from the cluster yet`;
    },
    synced: (patience) =>
      new Promise((resolve) => {
        if (isReady()) return resolve(true);
        const timer = setTimeout(() => resolve(false), patience);
        waiting.push(() => {
          clearTimeout(timer);
          resolve(true);
        });
      }),
    stop: () => ending.abort(),
  };
}
