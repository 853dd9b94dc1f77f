// Changes that make a valid object odd, made of its kind's schema: at every place of the object, and at every field that could stand beside what
// is there, an odd value, or one that stands under the same name in another object.

import fc from 'fast-check';
import type { Schema } from '../../src/kube/schema/schema.ts';
import { asObject, isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { validObjects } from './valid-objects.ts';

export type Place = readonly (string | number)[];

const oddValues: readonly Json[] = [
  null,
  '',
  [],
  {},
  0,
  -1,
  1.5,
  70000,
  true,
  'x',
  'Bad Value!',
  'a.b/c',
  '10Gi',
  '10\n',
  '10.0.0.1',
  'http://x y',
  '50%',
  'a'.repeat(254),
  [null],
  [{}],
  { a: 'b' },
  { '': '' },
];

/** What a client does not say, and names that the server looks up before it judges them. */
const unasked = new Set([
  'managedFields',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'runtimeClassName',
  'serviceAccount',
]);

/** What stands under a name, or within a list of that name, in any valid object. */
const known = new Map<string, Json[]>();
function learn(value: Json, name: string): void {
  known.set(name, [...(known.get(name) ?? []), value]);
  if (Array.isArray(value)) for (const item of value) learn(item, `${name}[]`);
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) learn(item ?? null, key);
}
for (const object of validObjects) learn(object, '');

/** Every place in an object, and the fields of its schema that could stand beside what is there. */
function places(value: Json, schema: Schema | undefined, place: Place = []): readonly Place[] {
  const own: readonly Place[] = place.length === 0 ? [] : [place];
  if (Array.isArray(value)) return [...own, ...value.flatMap((item: Json, index) => places(item, schema?.items, [...place, index]))];
  if (!isObject(value)) return own;
  const fields = schema?.properties;
  const inner = Object.entries(value).flatMap(([key, item]) =>
    unasked.has(key) ? [] : places(item ?? null, fields === undefined ? schema?.additionalProperties : fields.get(key), [...place, key]),
  );
  const absent = [...(fields?.keys() ?? [])].filter((key) => value[key] === undefined && !unasked.has(key));
  return [...own, ...inner, ...absent.map((key) => [...place, key])];
}

function replaced(value: Json, [step, ...rest]: Place, by: Json): Json {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((item: Json, index) => (index === step ? replaced(item, rest, by) : item));
  return { ...asObject(value), [step]: replaced(asObject(value)[step] ?? null, rest, by) };
}

/** The object with one or two odd changes; `within` are the fields at its top where they are made, all where it is left out. */
export function oddChanges(object: JsonObject, schema: Schema | undefined, within?: readonly string[]): fc.Arbitrary<JsonObject> {
  const all = places(object, schema).filter(([top]) => within === undefined || within.includes(String(top)));
  const change = fc.constantFrom(...all).chain((place) => {
    const last = place.at(-1);
    const alike = known.get(typeof last === 'number' ? `${String(place.at(-2))}[]` : String(last)) ?? [];
    return fc.record({ place: fc.constant(place), by: fc.constantFrom(...oddValues, ...alike) });
  });
  return fc
    .array(change, { minLength: 1, maxLength: 2 })
    .map((changes) => changes.reduce((body: Json, { place, by }) => replaced(body, place, by), object) as JsonObject);
}
