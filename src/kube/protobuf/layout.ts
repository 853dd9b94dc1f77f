// Where the fields of a message stand: numbers of the published .proto files beside the schemas that say what JSON calls the same field and what
// it holds. Few names differ by more than case (`Webhooks`, `aPIGroup`); those of JSONSchemaProps that do are listed here.

import type { Release } from '../schema/release.ts';
import type { Schema } from '../schema/schema.ts';

/** Names of fields by number, by message. */
export type FieldNumbers = Readonly<Record<string, string>>;

/** What protobuf needs to know of kinds. */
export interface Protobuf {
  readonly release: Release;
  readonly numbers: FieldNumbers;
}

export interface Field {
  readonly number: number;
  /** As JSON has it. */
  readonly name: string;
  /** The message it is; '' for everything else. */
  readonly message: string;
  /** Undefined for an embedded struct, whose fields JSON lays flat. */
  readonly schema: Schema | undefined;
}

/** Loads the numbers; repeated calls cost nothing. */
export async function loadFieldNumbers(): Promise<FieldNumbers> {
  const data: unknown = (await import('./generated/numbers.json', { with: { type: 'json' } })).default;
  return data as FieldNumbers;
}

const known = new WeakMap<FieldNumbers, Map<string, WeakMap<object, readonly Field[]>>>();
const noProperties: ReadonlyMap<string, Schema> = new Map();

/** The fields of a message whose JSON has this schema, in the order of their numbers. */
export function fieldsOf(message: string, schema: Schema, numbers: FieldNumbers): readonly Field[] {
  let messages = known.get(numbers);
  if (messages === undefined) {
    messages = new Map();
    known.set(numbers, messages);
  }
  let bySchema = messages.get(message);
  if (bySchema === undefined) {
    bySchema = new WeakMap();
    messages.set(message, bySchema);
  }
  const properties = schema.properties ?? noProperties;
  let fields = bySchema.get(properties);
  if (fields === undefined) {
    fields = read(Object.hasOwn(numbers, message) ? (numbers[message] ?? '') : '', properties);
    bySchema.set(properties, fields);
  }
  return fields;
}

const odd: Readonly<Record<string, string>> = { schema: '$schema', ref: '$ref', uID: 'uid' };

function read(written: string, properties: ReadonlyMap<string, Schema>): readonly Field[] {
  return written.split(',').flatMap((entry, index) => {
    if (entry === '') return [];
    const colon = entry.indexOf(':');
    const given = colon < 0 ? entry : entry.slice(0, colon);
    const message = colon < 0 ? '' : entry.slice(colon + 1);
    const spelled = [
      given,
      odd[given] ?? '',
      given.toLowerCase(),
      decapitalized(given),
      given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    ];
    const name = spelled.find((each) => properties.has(each));
    if (name === undefined && message === '') return [];
    return [{ number: index + 1, name: name ?? given, message, schema: name === undefined ? undefined : properties.get(name) }];
  });
}

/** `aPIGroup` is `apiGroup`, `Webhooks` is `webhooks`. */
function decapitalized(name: string): string {
  return name.replace(/^[a-zA-Z][A-Z]*(?=[A-Z][a-z])|^[A-Z]/, (head) => head.toLowerCase());
}
