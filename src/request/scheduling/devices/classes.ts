// DeviceClasses, and extended resources that are had from devices of a class: by the name that a class gives, or by the one that every class has
// (dynamic-resource-allocation/deviceclass/extendedresourcecache, 1.36).

import { nameOf } from '../../../kube/metadata.ts';
import { asString, dig, type JsonObject } from '../../../lib/json.ts';
import type { State } from '../../store/state.ts';

const classesResource = { group: 'resource.k8s.io', resource: 'deviceclasses' };
const prefix = 'deviceclass.resource.kubernetes.io/';

export function classNamed(name: string, state: State): JsonObject | undefined {
  return state.get(classesResource, '', name);
}

/** True where a class of devices stands for the resource. */
export function isDeviceResource(resource: string, state: State): boolean {
  return classFor(resource, state) !== undefined;
}

/** The class whose devices stand for an extended resource: of several with the name the newest, of those the first by name. */
export function classFor(resource: string, state: State): JsonObject | undefined {
  if (resource.startsWith(prefix)) return classNamed(resource.slice(prefix.length), state);
  if (!resource.includes('/') || resource.includes('kubernetes.io/')) return undefined;
  const [first] = state
    .list(classesResource)
    .filter((each) => dig(each, 'spec', 'extendedResourceName') === resource)
    .sort((a, b) => order(created(b), created(a)) || order(nameOf(a), nameOf(b)));
  return first;
}

function created(object: JsonObject): string {
  return asString(dig(object, 'metadata', 'creationTimestamp')) ?? '';
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
