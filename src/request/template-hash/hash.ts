// The hashes in the names that controllers give: `pod-template-hash` of ReplicaSets and `controller-revision-hash` of DaemonSets are one over the
// dump of a pod template, revisions of StatefulSets one over the JSON they keep (pkg/controller, ComputeHash and history.HashControllerRevision,
// 1.32–1.37). Each release has fields of its own in its structs, and so hashes of its own.

import { safeLetters } from '../../kube/safe-letters.ts';
import { asObject, field, type Json, type JsonObject } from '../../lib/json.ts';
import { goSortedJson } from '../fields/go-text.ts';
import { goDump } from './dump.ts';

/**
 * The hash of a stored pod template, without the labels that controllers add; undefined where its dump is not known. `minor` is the release
 * of the controllers.
 *
 * @example `podTemplateHash({ metadata: { labels: { app: 'web' } }, spec: { containers: [] } })` is `'777dc7b9f8'`
 */
export function podTemplateHash(template: Json, collisions?: number, minor = '1.36'): string | undefined {
  const dump = goDump('v1.PodTemplateSpec', template, minor);
  if (dump === undefined) return undefined;
  let hash = mixed(dump, offset, xorFirst);
  if (collisions !== undefined)
    for (let byte = 0; byte < 8; byte++) hash = xorFirst(hash, byte < 4 ? (collisions >>> (8 * byte)) & 255 : 0);
  return safe(hash);
}

/** What a ControllerRevision keeps of a StatefulSet or a DaemonSet: a patch that puts its template back. */
export function templatePatch(set: JsonObject): JsonObject {
  return { spec: { template: { ...asObject(field(set.spec, 'template')), $patch: 'replace' } } };
}

/** The hash of what a StatefulSet's revision keeps. */
export function revisionHash(patch: JsonObject, collisions = 0): string {
  return safe(mixed(`${goSortedJson(patch)}${collisions}`, offset, multiplyFirst));
}

/** The name of a revision; names of owners may be longer than names of what they own. */
export function revisionName(owner: string, hash: string): string {
  return `${owner.slice(0, 223)}-${hash}`;
}

const offset = 0x811c9dc5;
const prime = 0x01000193;
const xorFirst = (hash: number, byte: number) => Math.imul(hash ^ byte, prime);
const multiplyFirst = (hash: number, byte: number) => Math.imul(hash, prime) ^ byte;

/** FNV of 32 bits over the UTF-8 of a text. */
function mixed(text: string, start: number, mix: (hash: number, byte: number) => number): number {
  let hash = start;
  for (const byte of new TextEncoder().encode(text)) hash = mix(hash, byte);
  return hash;
}

/** The decimal digits of a hash in letters that spell no words. */
function safe(hash: number): string {
  return safeLetters(Array.from(String(hash >>> 0), (digit) => digit.charCodeAt(0)));
}
