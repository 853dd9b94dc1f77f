// Takes the values out of Secrets before anything else sees them: `data`, `stringData`, and the copies that tools leave in annotations.
// In their place stand marks (snapshot/redacted.ts). Only SHA-256 digests live in memory, for as long as the reading lasts, to know equal
// values again; nothing of them is written anywhere.

import type { KubeObject } from '../kube/object.ts';
import { asObject, asString, type Json, type JsonObject } from '../lib/json.ts';
import { readRedacted, redacted } from '../snapshot/redacted.ts';

/** Replaces the values of an object that is a Secret; other objects come back as they are. */
export type Redactor = (object: KubeObject) => KubeObject;

/** Annotations in which tools keep a whole earlier or applied object. */
const copies = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'objectset.rio.cattle.io/applied',
  'kapp.k14s.io/original',
  'banzaicloud.com/last-applied',
];
/** An annotation shorter than this may hold part of a short value by accident; a longer value found in it is a copy. */
const shortestCopy = 6;

/** Makes a redactor; use one for a whole snapshot. Values get numbers from `first` on; marks that stand there already stay. */
export function redactor(first = 1): Redactor {
  const numbers = new Map<string, number>();
  let next = first;
  // Loaded when there is a Secret.
  const mark = (bytes: Buffer): string => {
    const digest = process.getBuiltinModule('node:crypto').createHash('sha256').update(bytes).digest('base64');
    let number = numbers.get(digest);
    if (number === undefined) {
      number = next++;
      numbers.set(digest, number);
    }
    return redacted(number, bytes.length);
  };
  return (object) => {
    if (object.kind !== 'Secret' || object.apiVersion !== 'v1') return object;
    const values: string[] = [];
    const replace = (map: Json | undefined, encoding: 'base64' | 'utf8'): JsonObject => {
      const out: Record<string, Json> = {};
      for (const [key, value] of Object.entries(asObject(map))) {
        if (readRedacted(value) !== undefined) {
          set(out, key, value ?? null);
          continue;
        }
        const text = asString(value) ?? JSON.stringify(value ?? null);
        const bytes = Buffer.from(text, encoding);
        values.push(text, encoding === 'base64' ? bytes.toString('utf8') : bytes.toString('base64'));
        set(out, key, mark(bytes));
      }
      return out;
    };
    const data = object.data === undefined ? {} : { data: replace(object.data, 'base64') };
    const stringData = object.stringData === undefined ? {} : { stringData: replace(object.stringData, 'utf8') };
    const metadata = withoutCopies(object.metadata, values, (text) =>
      readRedacted(text) === undefined ? mark(Buffer.from(text, 'utf8')) : text,
    );
    return { ...object, ...data, ...stringData, ...(metadata === undefined ? {} : { metadata }) };
  };
}

function withoutCopies(
  metadata: JsonObject | undefined,
  values: readonly string[],
  mark: (text: string) => string,
): JsonObject | undefined {
  if (metadata?.annotations === undefined) return metadata;
  const longValues = values.filter((value) => value.length >= shortestCopy);
  const annotations: Record<string, Json> = {};
  for (const [key, value] of Object.entries(asObject(metadata.annotations))) {
    const text = asString(value);
    const isCopy = text !== undefined && (copies.includes(key) || longValues.some((secret) => text.includes(secret)));
    set(annotations, key, isCopy && text !== undefined ? mark(text) : (value ?? null));
  }
  return { ...metadata, annotations };
}

/** Keys are names people choose: `__proto__` too is only a key. */
function set(map: Record<string, Json>, key: string, value: Json): void {
  Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
}
