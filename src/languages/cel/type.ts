// Types as the checker knows them, and how they are written in messages: `list(int)`, `map(string, dyn)`, `optional_type(string)`.

export interface Type {
  readonly kind:
    | 'null'
    | 'bool'
    | 'int'
    | 'uint'
    | 'double'
    | 'string'
    | 'bytes'
    | 'duration'
    | 'timestamp'
    | 'dyn'
    | 'error'
    | 'type'
    | 'list'
    | 'map'
    | 'opaque'
    | 'object'
    | 'param';
  readonly name: string;
  readonly parameters: readonly Type[];
  /** Fields of an object type. */
  readonly fields?: ReadonlyMap<string, Type>;
  /** A message that stands for the one field set in it, as `google.protobuf.Value` does. */
  readonly unwraps?: boolean;
  /** Any field may be set; values remember the name of the type they were made as. */
  readonly open?: boolean;
}

const none: readonly Type[] = [];
const simple = (kind: Type['kind'], name: string = kind): Type => ({ kind, name, parameters: none });

export const types = {
  null: simple('null', 'null_type'),
  bool: simple('bool'),
  int: simple('int'),
  uint: simple('uint'),
  double: simple('double'),
  string: simple('string'),
  bytes: simple('bytes'),
  duration: simple('duration', 'google.protobuf.Duration'),
  timestamp: simple('timestamp', 'google.protobuf.Timestamp'),
  dyn: simple('dyn'),
  error: simple('error', '!error!'),
  type: simple('type'),
} as const;

export const listOf = (of: Type): Type => ({ kind: 'list', name: 'list', parameters: [of] });
export const mapTypeOf = (key: Type, value: Type): Type => ({ kind: 'map', name: 'map', parameters: [key, value] });
export const typeOfType = (of: Type): Type => ({ kind: 'type', name: 'type', parameters: [of] });
export const optionalOf = (of: Type): Type => ({ kind: 'opaque', name: 'optional_type', parameters: [of] });
export const parameter = (name: string): Type => ({ kind: 'param', name, parameters: none });
/** A type of a library. */
export const opaque = (name: string): Type => ({ kind: 'opaque', name, parameters: none });
export const objectType = (name: string, fields: ReadonlyMap<string, Type>): Type => ({ kind: 'object', name, parameters: none, fields });

export const isOptionalType = (type: Type): boolean => type.kind === 'opaque' && type.name === 'optional_type';
export const isDyn = (type: Type): boolean => type.kind === 'dyn' || type.kind === 'error';

/** As cel-go writes a type. */
export function typeText(type: Type): string {
  if (type.parameters.length === 0) return type.name;
  return `${type.name}(${type.parameters.map(typeText).join(', ')})`;
}

export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  return (
    a.kind === b.kind &&
    a.name === b.name &&
    a.parameters.length === b.parameters.length &&
    a.parameters.every((part, index) => sameType(part, b.parameters[index] ?? types.error))
  );
}
