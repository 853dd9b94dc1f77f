// Optional values (cel-go's extension, in Kubernetes since 1.28): `optional.of`, `.orValue`, `list[?i]`, `map.?key`. With the behaviour
// of cel-go before 0.28, `or` and `orValue` are no-ops on values that are not optional; since then they are "no such overload".

import { minSeconds } from '../arithmetic.ts';
import { noSuchOverload } from '../compare.ts';
import { fn, type Library, method, readType } from '../function.ts';
import { optionalMacros } from '../macros.ts';
import { typeOfType } from '../type.ts';
import {
  asDouble,
  CelError,
  Duration,
  EntryMap,
  isList,
  isObjectMap,
  mapSize,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from '../value.ts';

function isZero(value: Value): boolean {
  if (value === null || value === false || value === '' || value === 0) return true;
  if (asDouble(value) === 0) return true;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Timestamp) return value.seconds === minSeconds && value.nanos === 0;
  if (value instanceof Duration) return value.nanos === 0n;
  if (isList(value) || value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Optional) return value.value === undefined;
  return (value instanceof EntryMap || isObjectMap(value)) && mapSize(value) === 0;
}

const unused = noSuchOverload;
const dispatches = { dispatches: true };

/** The library; `lenient` for cel-go before 0.28. */
export function optionals(lenient: boolean): Library {
  const or = (value: Value, other: Value): Value => {
    if (!(value instanceof Optional)) return lenient ? value : noSuchOverload();
    return value.value === undefined ? other : value;
  };
  const orValue = (value: Value, other: Value): Value => {
    if (!(value instanceof Optional)) return lenient ? value : noSuchOverload();
    return value.value ?? (value.value === null ? null : other);
  };
  return {
    macros: optionalMacros,
    constants: [{ name: 'optional_type', type: typeOfType(readType('optional(dyn)')), value: new TypeValue('optional_type') }],
    functions: [
      fn('optional.of', 'optional_of', 'V -> optional(V)', (value: Value) => new Optional(value)),
      fn('optional.ofNonZeroValue', 'optional_ofNonZeroValue', 'V -> optional(V)', (value: Value) =>
        isZero(value) ? Optional.none : new Optional(value),
      ),
      fn('optional.none', 'optional_none', '-> optional(V)', () => Optional.none),
      method(
        'value',
        'optional_value',
        'optional(V) -> V',
        ({ value }: Optional) => value ?? (value === null ? null : new CelError('optional.none() dereference')),
      ),
      method('hasValue', 'optional_hasValue', 'optional(V) -> bool', ({ value }: Optional) => value !== undefined),
      method('or', 'optional_or_optional', 'optional(V), optional(V) -> optional(V)', or, dispatches),
      method('orValue', 'optional_orValue_value', 'optional(V), V -> V', orValue, dispatches),
      fn('_?._', 'select_optional_field', 'dyn, string -> optional(V)', unused, dispatches),
      fn('_[?_]', 'list_optindex_optional_int', 'list(V), int -> optional(V)', unused, dispatches),
      fn('_[?_]', 'optional_list_optindex_optional_int', 'optional(list(V)), int -> optional(V)', unused, dispatches),
      fn('_[?_]', 'map_optindex_optional_value', 'map(K, V), K -> optional(V)', unused, dispatches),
      fn('_[?_]', 'optional_map_optindex_optional_value', 'optional(map(K, V)), K -> optional(V)', unused, dispatches),
      fn('_[_]', 'optional_list_index_int', 'optional(list(V)), int -> optional(V)', unused, dispatches),
      fn('_[_]', 'optional_map_index_value', 'optional(map(K, V)), K -> optional(V)', unused, dispatches),
    ],
  };
}
