// Functions as records: a name, an overload's id (costs go by it), its types and what it computes. Types are written as text, so that a
// library reads like its documentation: `method('contains', 'contains_string', 'string, string -> bool', …)`, the target first.

import type { Macro } from './macros.ts';
import { listOf, mapTypeOf, opaque, optionalOf, parameter, type Type, typeOfType, types } from './type.ts';
import {
  asDouble,
  CelError,
  Duration,
  EntryMap,
  isInt,
  isList,
  isObjectMap,
  Opaque,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from './value.ts';

export interface Overload {
  readonly name: string;
  readonly id: string;
  /** Called on a target, which is the first of `args`. */
  readonly member: boolean;
  readonly args: readonly Type[];
  readonly result: Type;
  /** Arguments are no errors and are of the types of `args`, except where the function finds out itself (`dispatches`). */
  // biome-ignore lint/suspicious/noExplicitAny: the guards make sure that arguments have the types of the record
  readonly call: (...args: any[]) => Value;
  /** The function looks at the types of its arguments itself. */
  readonly dispatches?: boolean;
  /** Arguments that are errors are handed over. */
  readonly nonStrict?: boolean;
}

/** What an environment is made of. */
export interface Library {
  readonly functions: readonly Overload[];
  readonly macros?: readonly Macro[];
  /** Names that stand for a value, such as type names. */
  readonly constants?: readonly { readonly name: string; readonly type: Type; readonly value: Value }[];
}

type Rest = Pick<Overload, 'dispatches' | 'nonStrict'>;

export function fn(name: string, id: string, signature: string, call: Overload['call'], rest: Rest = {}): Overload {
  const [from = '', to = ''] = signature.split('->');
  return { name, id, member: false, args: split(from).map(readType), result: readType(to.trim()), call, ...rest };
}

export function method(name: string, id: string, signature: string, call: Overload['call'], rest: Rest = {}): Overload {
  return { ...fn(name, id, signature, call, rest), member: true };
}

/** Names of types in signatures, beside the built-in ones. */
const named: Readonly<Record<string, Type>> = {
  ...types,
  ip: opaque('net.IP'),
  cidr: opaque('net.CIDR'),
  quantity: { ...opaque('kubernetes.Quantity'), kind: 'object' },
  url: { ...opaque('kubernetes.URL'), kind: 'object' },
  semver: { ...opaque('kubernetes.Semver'), kind: 'object' },
  format: { ...opaque('kubernetes.NamedFormat'), kind: 'object' },
  authorizer: { ...opaque('kubernetes.authorization.Authorizer'), kind: 'object' },
  pathCheck: { ...opaque('kubernetes.authorization.PathCheck'), kind: 'object' },
  groupCheck: { ...opaque('kubernetes.authorization.GroupCheck'), kind: 'object' },
  resourceCheck: { ...opaque('kubernetes.authorization.ResourceCheck'), kind: 'object' },
  decision: { ...opaque('kubernetes.authorization.Decision'), kind: 'object' },
};

/** Reads `list(A)`, `map(string, dyn)`, `optional(T)`, `int` …; a capital letter is a type parameter. */
export function readType(text: string): Type {
  const open = text.indexOf('(');
  if (open < 0) return /^[A-Z]$/.test(text) ? parameter(text) : (named[text] ?? types.error);
  const parts = split(text.slice(open + 1, text.lastIndexOf(')'))).map(readType);
  const [first = types.error, second = types.error] = parts;
  const name = text.slice(0, open);
  if (name === 'list') return listOf(first);
  if (name === 'map') return mapTypeOf(first, second);
  return name === 'type' ? typeOfType(first) : optionalOf(first);
}

function split(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let index = 0; index <= text.length; index++) {
    const character = text[index];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === undefined || (character === ',' && depth === 0)) {
      const part = text.slice(from, index).trim();
      if (part !== '') parts.push(part);
      from = index + 1;
    }
  }
  return parts;
}

/** Of lists the first element is looked at. */
function elementGuard(type: Type | undefined): ((value: Value) => boolean) | undefined {
  return type === undefined || type.kind === 'param' || type.kind === 'dyn' ? undefined : isOf(type);
}

/** Whether a value is of a type, as far as its outermost kind goes. */
export function isOf(type: Type): (value: Value) => boolean {
  switch (type.kind) {
    case 'null':
      return (value) => value === null;
    case 'bool':
      return (value) => typeof value === 'boolean';
    case 'string':
      return (value) => typeof value === 'string';
    case 'int':
      return isInt;
    case 'uint':
      return (value) => value instanceof Uint;
    case 'double':
      return (value) => asDouble(value) !== undefined;
    case 'bytes':
      return (value) => value instanceof Uint8Array;
    case 'duration':
      return (value) => value instanceof Duration;
    case 'timestamp':
      return (value) => value instanceof Timestamp;
    case 'type':
      return (value) => value instanceof TypeValue;
    case 'list': {
      const first = elementGuard(type.parameters[0]);
      return first === undefined ? isList : (value) => isList(value) && (value.length === 0 || first(value[0] ?? null));
    }
    case 'map':
      return (value) => value instanceof EntryMap || isObjectMap(value);
    case 'opaque':
    case 'object':
      return type.name === 'optional_type'
        ? (value) => value instanceof Optional
        : (value) => value instanceof Opaque && value.type.name === type.name;
    default:
      return (value) => !(value instanceof CelError);
  }
}
