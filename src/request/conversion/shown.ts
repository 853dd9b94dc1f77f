// The store as a served version of a kind with a conversion webhook shows it. The server converts what it reads from etcd at every get, and once
// for its watch cache, out of which lists and watches are answered: so here. A list waits for all its objects at once.

import type { JsonObject } from '../../lib/json.ts';
import { definitions } from '../store/state.ts';
import type { Change, Store } from '../store/store.ts';
import { type CustomType, customType } from '../target.ts';
import { Unconverted } from './unconverted.ts';
import { type Converting, convertedByWebhook, hasConversionWebhook } from './webhook.ts';

export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** The type of a resource whose objects are converted by a webhook; undefined for all others. */
export function typeWithWebhook({ group, version, resource }: Resource, { get }: Pick<Store, 'get'>): CustomType | undefined {
  const definition = group === '' ? undefined : get(definitions, '', `${resource}.${group}`);
  return definition !== undefined && hasConversionWebhook(definition) ? customType(definition, version) : undefined;
}

/** The store with the objects of this resource in its version. Its reads throw where an object cannot be converted (`Unconverted`). */
export function shownStore(store: Store, resource: Resource, type: CustomType, at: Converting): Store {
  const apiVersion = `${resource.group}/${resource.version}`;
  const isShown = (asked: { readonly group: string; readonly resource: string }) =>
    asked.group === resource.group && asked.resource === resource.resource;
  const cached = (object: JsonObject) => converted(object, apiVersion, type, at);
  return {
    ...store,
    get(asked, namespace, name) {
      const object = store.get(asked, namespace, name);
      return object === undefined || !isShown(asked) ? object : convertedByWebhook(object, apiVersion, type, at);
    },
    list: (asked, namespace) => (isShown(asked) ? all(store.list(asked, namespace), cached) : store.list(asked, namespace)),
    listAt(asked, revision, namespace) {
      const objects = store.listAt(asked, revision, namespace);
      return isShown(asked) ? all(objects, cached) : objects;
    },
    since: (asked, revision) =>
      isShown(asked) ? all(store.since(asked, revision), (change) => shownChange(change, cached)) : store.since(asked, revision),
  };
}

/** A change with its objects in a version. */
export function changeInVersion(change: Change, apiVersion: string, type: CustomType, at: Converting): Change {
  return shownChange(change, (object) => converted(object, apiVersion, type, at));
}

function shownChange(change: Change, show: (object: JsonObject) => JsonObject): Change {
  const { before, after, removed } = change;
  const [was, is, last] = all([before, after, removed], (object) => (object === undefined ? undefined : show(object)));
  return { ...change, before: was, after: is, ...(last === undefined ? {} : { removed: last }) };
}

/** Each shown; where some wait for their webhook, all others are looked at before that ends the run. */
function all<A, B>(items: readonly A[], show: (item: A) => B): readonly B[] {
  let end: Unconverted | undefined;
  const shown: B[] = [];
  for (const item of items)
    try {
      shown.push(show(item));
    } catch (error) {
      if (!(error instanceof Unconverted)) throw error;
      end ??= error;
      if (!end.isWaiting) break;
    }
  if (end !== undefined) throw end;
  return shown;
}

/** By definition and object: a definition that changes begins anew. */
const cache = new WeakMap<JsonObject, WeakMap<JsonObject, Map<string, JsonObject>>>();

function converted(object: JsonObject, apiVersion: string, type: CustomType, at: Converting): JsonObject {
  let ofDefinition = cache.get(type.definition);
  if (ofDefinition === undefined) {
    ofDefinition = new WeakMap();
    cache.set(type.definition, ofDefinition);
  }
  let known = ofDefinition.get(object);
  if (known === undefined) {
    known = new Map();
    ofDefinition.set(object, known);
  }
  let shown = known.get(apiVersion);
  if (shown === undefined) {
    shown = convertedByWebhook(object, apiVersion, type, at);
    known.set(apiVersion, shown);
  }
  return shown;
}
