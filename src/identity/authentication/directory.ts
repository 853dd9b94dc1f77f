// The objects of a snapshot as authenticators look them up. A live cluster that was read whole knows what is not there, in namespaces where
// others of the kind are; manifests are what will be, so what they lack is unknown. Values of Secrets are not in a snapshot, unless a test put them there.

import { labelsOf } from '../../kube/object.ts';
import { asString, dig, field, isObject, stringMap } from '../../lib/json.ts';
import { named, ofKind } from '../../snapshot/lookup.ts';
import { readRedacted } from '../../snapshot/redacted.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Directory, Found, FoundObject, FoundSecret } from './credential.ts';
import { base64Bytes } from './jwt.ts';

export function directoryOf(snapshot: Snapshot): Directory {
  const whole = snapshot.facts.live && snapshot.coverage.every(({ state }) => state === 'read');
  const knows = (kind: string, namespace: string) => whole && ofKind(snapshot, '', kind).some((one) => one.namespace === namespace);
  const find = (kind: string, namespace: string, name: string): Resource | 'absent' | 'unknown' =>
    named(snapshot, '', kind, namespace, name)[0] ?? (knows(kind, namespace) ? 'absent' : 'unknown');
  const object = (kind: string, namespace: string, name: string): Found<FoundObject> => {
    const found = find(kind, namespace, name);
    if (typeof found === 'string') return found;
    // A manifest has no UID yet: nothing can be compared.
    const read = objectOf(found);
    return read.uid === '' ? 'unknown' : read;
  };
  return {
    serviceAccount: (namespace, name) => object('ServiceAccount', namespace, name),
    pod: (namespace, name) => object('Pod', namespace, name),
    node: (name) => object('Node', '', name),
    secret: (namespace, name) => {
      const found = find('Secret', namespace, name);
      return typeof found === 'string' ? found : secretOf(found);
    },
  };
}

function objectOf({ object }: Resource): FoundObject {
  const deleted = asString(dig(object, 'metadata', 'deletionTimestamp'));
  const time = deleted === undefined ? Number.NaN : Date.parse(deleted);
  return { uid: asString(dig(object, 'metadata', 'uid')) ?? '', deleted: Number.isNaN(time) ? undefined : time };
}

function secretOf(found: Resource): FoundSecret {
  const own = objectOf(found);
  return { ...own, type: asString(field(found.object, 'type')) ?? 'Opaque', labels: labelsOf(found.object), data: dataOf(found) };
}

function dataOf({ object }: Resource): Readonly<Record<string, string>> | undefined {
  const data = field(object, 'data');
  const values = stringMap(data);
  const keys = Object.keys(values);
  if (isObject(data) && keys.some((key) => readRedacted(values[key]) !== undefined)) return undefined;
  const read: Record<string, string> = Object.create(null);
  for (const key of keys) {
    const bytes = base64Bytes(values[key] ?? '');
    if (bytes !== undefined) read[key] = new TextDecoder().decode(bytes);
  }
  const plain = stringMap(field(object, 'stringData'));
  if (Object.keys(plain).some((key) => readRedacted(plain[key]) !== undefined)) return undefined;
  return Object.assign(read, plain);
}
