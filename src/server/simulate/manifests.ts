// The objects of manifests, created as an administrator would create them at the start: defaulted, admitted, validated, or refused and told.

import { placeOfKind } from '../../kube/early-kinds.ts';
import { groupVersion, type KubeObject } from '../../kube/object.ts';
import { asObject, asString, dig, type JsonObject } from '../../lib/json.ts';
import { storageOf } from '../../request/read/storage.ts';
import { administrator } from '../../request/write/accounts.ts';
import { write } from '../../request/write/write.ts';
import { readRedacted } from '../../snapshot/redacted.ts';
import { isFurniture } from './chores/namespaces.ts';
import type { World } from './world.ts';

export interface Refused {
  readonly object: JsonObject;
  readonly why: string;
}

/** True for objects that no server has stored: those of manifests. A Secret of a saved snapshot has lost its values and cannot be made. */
export function isNew(object: KubeObject): boolean {
  return asString(dig(object, 'metadata', 'uid')) === undefined && !isRedacted(object);
}

function isRedacted({ kind, data, stringData }: KubeObject): boolean {
  const values = [data, stringData].flatMap((map) => Object.values(asObject(map)));
  return kind === 'Secret' && values.some((value) => readRedacted(value) !== undefined);
}

/** Creates them in an order that lets each find what it needs; those that are refused come back. */
export function createManifests(world: World, objects: readonly KubeObject[], settle: () => void): readonly Refused[] {
  const refused: Refused[] = [];
  const given = new Set<string>();
  const ordered = objects
    .map((object, index) => [object, index] as const)
    .sort(([a, i], [b, j]) => placeOfKind(a.kind) - placeOfKind(b.kind) || i - j);
  for (const [object] of ordered) {
    const { group, version } = groupVersion(object.apiVersion);
    const resources = [world.catalog().core, ...world.catalog().groups]
      .find((each) => each.group === group)
      ?.versions.find((each) => each.version === version)?.resources;
    const found = resources?.find(({ kind, verbs }) => kind === object.kind && verbs.includes('create'));
    if (found === undefined) {
      refused.push({ object, why: `${object.apiVersion} ${object.kind} is not served` });
      continue;
    }
    const namespace = found.namespaced ? (asString(object.metadata?.namespace) ?? 'default') : '';
    const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const path = `${base}${found.namespaced ? `/namespaces/${namespace}` : ''}/${found.resource}`;
    const { resourceVersion: _revision, ...metadata } = object.metadata ?? {};
    const body = { kind: 'json' as const, value: { ...object, metadata } };
    const name = asString(metadata.name) ?? '';
    const key = JSON.stringify([group, found.resource, namespace, name]);
    // What a namespace is furnished with is there already: the manifest changes it, as applying it would.
    const isThere = isFurniture(group, found.resource, name) && world.store.get(storageOf(found), namespace, name) !== undefined;
    const target = isThere && !given.has(key) ? { method: 'PUT', path: `${path}/${name}` } : { method: 'POST', path };
    const { refusal, code } = write({ ...target, query: {}, body, user: administrator, userAgent: 'cofferdam' }, world.writing());
    if (refusal !== undefined)
      refused.push({ object, why: code === 409 && given.has(key) ? `${refusal.message}: it is given twice` : refusal.message });
    given.add(key);
    settle();
    const isCollected = refusal === undefined && name !== '' && world.store.get(storageOf(found), namespace, name) === undefined;
    if (isCollected && object.metadata?.ownerReferences !== undefined)
      refused.push({ object, why: 'its owner is not there, so that it is collected' });
  }
  return refused;
}
