// What objects in a store say of themselves: plain metadata, without the star that `nameOf` of object.ts shows for names yet to be made. What is
// not there is the empty string (Kubernetes API conventions, "Metadata").

import { asString, dig, type JsonObject } from '../lib/json.ts';

export function nameOf(object: JsonObject): string {
  return asString(dig(object, 'metadata', 'name')) ?? '';
}

export function namespaceOf(object: JsonObject): string {
  return asString(dig(object, 'metadata', 'namespace')) ?? '';
}

export function uidOf(object: JsonObject): string {
  return asString(dig(object, 'metadata', 'uid')) ?? '';
}

/** Whether its deletion was asked for. */
export function isGoing(object: JsonObject | undefined): boolean {
  return (dig(object, 'metadata', 'deletionTimestamp') ?? null) !== null;
}
