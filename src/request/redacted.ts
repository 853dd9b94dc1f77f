// A trace without the values of Secrets. They are looked for wherever they may have come to stand: in changes, in what `kubectl apply` wrote
// down, and in messages that quote what was sent.

import { asObject, field, isObject, type Json } from '../lib/json.ts';
import type { ApiRequest } from './request.ts';
import { type RequestTrace, sentValue } from './trace.ts';

const hidden = '(not shown)';
/** Shorter values are hidden where they stand alone, not inside of other texts. */
const shortest = 4;

/** The trace of a request as it may be shown; `stored` is the object it is about, as it was before. */
export function withoutSecretValues(trace: RequestTrace, request: ApiRequest, stored: Json | undefined): RequestTrace {
  if (!/\/secrets(?:\/|$)/.test(request.path)) return trace;
  const values = new Set<string>();
  const sent = sentValue(request);
  for (const object of [sent, stored, trace.answer.object as Json | undefined])
    for (const key of ['data', 'stringData']) collect(field(object, key), values);
  // Operations of a JSON patch.
  if (Array.isArray(sent)) for (const operation of sent) collect({ value: field(operation, 'value') ?? '' }, values);
  const long = [...values].filter((value) => value.length >= shortest).sort((a, b) => b.length - a.length);
  return cleaned(trace as unknown as Json, values, long) as unknown as RequestTrace;
}

/** Values of a map, as they are written, and as base64 and its meaning. */
function collect(map: Json | undefined, values: Set<string>): void {
  for (const value of Object.values(asObject(map))) {
    if (isObject(value)) collect(value, values);
    if (typeof value !== 'string' || value === '') continue;
    for (const each of [value, JSON.stringify(value).slice(1, -1), meant(value), encoded(value)]) if (each !== '') values.add(each);
  }
}

function meant(text: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  } catch {
    return '';
  }
}

function encoded(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text.slice(0, 50_000))));
}

function cleaned(value: Json, values: ReadonlySet<string>, long: readonly string[]): Json {
  if (typeof value === 'string') {
    // What `kubectl apply` wrote down is the whole object once more.
    if (values.has(value) || value.includes('"kind":"Secret"')) return hidden;
    return long.reduce((text, each) => (text.includes(each) ? text.replaceAll(each, hidden) : text), value);
  }
  if (Array.isArray(value)) return value.map((each: Json) => cleaned(each, values, long));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, cleaned(each, values, long)] as const])),
  );
}
