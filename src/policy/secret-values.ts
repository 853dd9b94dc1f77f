// What a Secret holds never gets into what is printed, logged or counted, not even where a message of a policy quotes it. Values are hidden as
// they are written, in base64 and decoded; what an expression makes of a part of one is not recognised.

import { asObject, asString, field, isObject, type Json } from '../lib/json.ts';
import type { AdmissionInput } from './admission.ts';

const hidden = '(hidden)';
/** Shorter values are hidden only where they are the whole text; inside others they would be everywhere. */
const shortest = 4;

/** Takes the values of the request's Secret out of a text; texts of other requests stay as they are. */
export function secretHider({ kind, object, oldObject }: Pick<AdmissionInput, 'kind' | 'object' | 'oldObject'>): (text: string) => string {
  if (kind.kind !== 'Secret' || kind.group !== '') return (text) => text;
  const values = new Set([...valuesOf(object), ...valuesOf(oldObject)]);
  const long = [...values].filter(({ length }) => length >= shortest).sort((a, b) => b.length - a.length);
  return (text) => (values.has(text) ? hidden : long.reduce((left, value) => left.replaceAll(value, hidden), text));
}

function* valuesOf(secret: Json): Generator<string> {
  for (const value of Object.values(asObject(field(secret, 'stringData')))) yield* given(asString(value));
  for (const value of Object.values(asObject(field(secret, 'data')))) {
    const text = asString(value);
    yield* given(text);
    yield* given(text === undefined ? undefined : decoded(text));
  }
}

function* given(text: string | undefined): Generator<string> {
  if (text !== undefined && text !== '') yield text;
}

function decoded(text: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** The same for every text in a value. */
export function hideIn(value: Json, hide: (text: string) => string): Json {
  if (typeof value === 'string') return hide(value);
  if (Array.isArray(value)) return value.map((item: Json) => hideIn(item, hide));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hideIn(item ?? null, hide)]));
}
