// The standard definitions of cel-spec: operators, conversions, text, size, time. Operators find out the types of their arguments
// themselves; their overloads are for the checker and for costs.

import { add, divide, modulo, multiply, negate, subtract } from '../arithmetic.ts';
import { compare, equal, noSuchOverload } from '../compare.ts';
import { toBool, toBytes, toDouble, toDuration, toInt, toText, toTimestamp, toUint, typeName } from '../convert.ts';
import { fn, type Library, method, type Overload, readType } from '../function.ts';
import { standardMacros } from '../macros.ts';
import { compileRegex } from '../regex.ts';
import { type TimePart, timePart } from '../time.ts';
import { typeOfType, types } from '../type.ts';
import {
  CelError,
  type Duration,
  EntryMap,
  integer,
  isList,
  isObjectMap,
  lookUp,
  mapSize,
  type Timestamp,
  TypeValue,
  textSize,
  type Value,
} from '../value.ts';

const dispatches = { dispatches: true };

const operators = (name: string, call: Overload['call'], rows: readonly (readonly [string, string])[]): readonly Overload[] =>
  rows.map(([id, signature]) => fn(name, id, signature, call, dispatches));

const arithmetic = [
  ...operators('_+_', add, [
    ['add_bytes', 'bytes, bytes -> bytes'],
    ['add_double', 'double, double -> double'],
    ['add_duration_duration', 'duration, duration -> duration'],
    ['add_duration_timestamp', 'duration, timestamp -> timestamp'],
    ['add_timestamp_duration', 'timestamp, duration -> timestamp'],
    ['add_int64', 'int, int -> int'],
    ['add_list', 'list(A), list(A) -> list(A)'],
    ['add_string', 'string, string -> string'],
    ['add_uint64', 'uint, uint -> uint'],
  ]),
  ...operators('_-_', subtract, [
    ['subtract_double', 'double, double -> double'],
    ['subtract_duration_duration', 'duration, duration -> duration'],
    ['subtract_int64', 'int, int -> int'],
    ['subtract_timestamp_duration', 'timestamp, duration -> timestamp'],
    ['subtract_timestamp_timestamp', 'timestamp, timestamp -> duration'],
    ['subtract_uint64', 'uint, uint -> uint'],
  ]),
  ...operators('_*_', multiply, [
    ['multiply_double', 'double, double -> double'],
    ['multiply_int64', 'int, int -> int'],
    ['multiply_uint64', 'uint, uint -> uint'],
  ]),
  ...operators('_/_', divide, [
    ['divide_double', 'double, double -> double'],
    ['divide_int64', 'int, int -> int'],
    ['divide_uint64', 'uint, uint -> uint'],
  ]),
  ...operators('_%_', modulo, [
    ['modulo_int64', 'int, int -> int'],
    ['modulo_uint64', 'uint, uint -> uint'],
  ]),
  ...operators('-_', negate, [
    ['negate_double', 'double -> double'],
    ['negate_int64', 'int -> int'],
  ]),
];

const ordered = ['bool', 'int64', 'uint64', 'double', 'string', 'bytes', 'timestamp', 'duration'];
const numbers = ['int64', 'uint64', 'double'];
const plain = (name: string) => name.replace('64', '');

/** `<` and its kin; orders between numbers of different types are there since Kubernetes 1.28. */
function relations(crossType: boolean): readonly Overload[] {
  return (
    [
      ['_<_', 'less', (order: number) => order < 0],
      ['_<=_', 'less_equals', (order: number) => order <= 0],
      ['_>_', 'greater', (order: number) => order > 0],
      ['_>=_', 'greater_equals', (order: number) => order >= 0],
    ] as const
  ).flatMap(([name, id, holds]) => {
    const call = (a: Value, b: Value) => {
      const order = compare(a, b);
      return order === undefined ? noSuchOverload() : holds(order);
    };
    const same = ordered.map((type) => [`${id}_${type}`, `${plain(type)}, ${plain(type)} -> bool`] as const);
    const cross = numbers.flatMap((a) =>
      numbers.filter((b) => b !== a).map((b) => [`${id}_${a}_${b}`, `${plain(a)}, ${plain(b)} -> bool`] as const),
    );
    return operators(name, call, crossType ? [...same, ...cross] : same);
  });
}

/** `x in list`, `key in map`. */
export function isIn(item: Value, container: Value): Value {
  if (isList(container)) return container.some((other) => equal(item, other));
  if (container instanceof EntryMap || isObjectMap(container)) return lookUp(container, item) !== undefined;
  return noSuchOverload();
}

export function not(value: Value): Value {
  return typeof value === 'boolean' ? !value : noSuchOverload();
}

const logic = [
  fn('_?_:_', 'conditional', 'bool, A, A -> A', noSuchOverload, dispatches),
  fn('_&&_', 'logical_and', 'bool, bool -> bool', noSuchOverload, dispatches),
  fn('_||_', 'logical_or', 'bool, bool -> bool', noSuchOverload, dispatches),
  fn('!_', 'logical_not', 'bool -> bool', not, dispatches),
  fn('@not_strictly_false', 'not_strictly_false', 'bool -> bool', (value: Value) => value !== false, { ...dispatches, nonStrict: true }),
  fn('_==_', 'equals', 'A, A -> bool', equal, dispatches),
  fn('_!=_', 'not_equals', 'A, A -> bool', (a: Value, b: Value) => !equal(a, b), dispatches),
  fn('_[_]', 'index_list', 'list(A), int -> A', noSuchOverload, dispatches),
  fn('_[_]', 'index_map', 'map(A, B), A -> B', noSuchOverload, dispatches),
  fn('@in', 'in_list', 'A, list(A) -> bool', isIn, dispatches),
  fn('@in', 'in_map', 'A, map(A, B) -> bool', isIn, dispatches),
];

function size(value: Value): Value {
  if (typeof value === 'string') return textSize(value);
  if (value instanceof Uint8Array || isList(value)) return value.length;
  return value instanceof EntryMap || isObjectMap(value) ? mapSize(value) : noSuchOverload();
}

const sizes = (['bytes', 'list', 'map', 'string'] as const).flatMap((type) => {
  const parameters = { bytes: 'bytes', list: 'list(A)', map: 'map(A, B)', string: 'string' }[type];
  return [
    fn('size', `size_${type}`, `${parameters} -> int`, size, dispatches),
    method('size', `${type}_size`, `${parameters} -> int`, size, dispatches),
  ];
});

const conversion = (name: string, call: Overload['call'], rows: readonly (readonly [string, string])[]) =>
  rows.map(([id, from]) => fn(name, id, `${from} -> ${name}`, call, dispatches));

const conversions = [
  fn('type', 'type', 'A -> type(A)', (value: Value) => new TypeValue(typeName(value))),
  fn('dyn', 'to_dyn', 'A -> dyn', (value: Value) => value),
  ...conversion('bool', toBool, [
    ['bool_to_bool', 'bool'],
    ['string_to_bool', 'string'],
  ]),
  ...conversion('bytes', toBytes, [
    ['bytes_to_bytes', 'bytes'],
    ['string_to_bytes', 'string'],
  ]),
  ...conversion('double', toDouble, [
    ['double_to_double', 'double'],
    ['int64_to_double', 'int'],
    ['string_to_double', 'string'],
    ['uint64_to_double', 'uint'],
  ]),
  ...conversion('duration', toDuration, [
    ['duration_to_duration', 'duration'],
    ['int64_to_duration', 'int'],
    ['string_to_duration', 'string'],
  ]),
  ...conversion('int', toInt, [
    ['int64_to_int64', 'int'],
    ['double_to_int64', 'double'],
    ['duration_to_int64', 'duration'],
    ['string_to_int64', 'string'],
    ['timestamp_to_int64', 'timestamp'],
    ['uint64_to_int64', 'uint'],
  ]),
  ...conversion('string', toText, [
    ['string_to_string', 'string'],
    ['bool_to_string', 'bool'],
    ['bytes_to_string', 'bytes'],
    ['double_to_string', 'double'],
    ['duration_to_string', 'duration'],
    ['int64_to_string', 'int'],
    ['timestamp_to_string', 'timestamp'],
    ['uint64_to_string', 'uint'],
  ]),
  ...conversion('timestamp', toTimestamp, [
    ['timestamp_to_timestamp', 'timestamp'],
    ['int64_to_timestamp', 'int'],
    ['string_to_timestamp', 'string'],
  ]),
  ...conversion('uint', toUint, [
    ['uint64_to_uint64', 'uint'],
    ['double_to_uint64', 'double'],
    ['int64_to_uint64', 'int'],
    ['string_to_uint64', 'string'],
  ]),
];

function matches(text: string, pattern: string): Value {
  const regex = compileRegex(pattern);
  return regex instanceof CelError ? regex : regex.found(text);
}

const text = [
  method('contains', 'contains_string', 'string, string -> bool', (a: string, b: string) => a.includes(b)),
  method('endsWith', 'ends_with_string', 'string, string -> bool', (a: string, b: string) => a.endsWith(b)),
  method('startsWith', 'starts_with_string', 'string, string -> bool', (a: string, b: string) => a.startsWith(b)),
  fn('matches', 'matches', 'string, string -> bool', matches),
  method('matches', 'matches_string', 'string, string -> bool', matches),
];

const timestampParts: readonly (readonly [string, TimePart, string])[] = [
  ['getFullYear', 'year', 'year'],
  ['getMonth', 'month', 'month'],
  ['getDayOfYear', 'dayOfYear', 'day_of_year'],
  ['getDayOfMonth', 'dayOfMonth', 'day_of_month'],
  ['getDate', 'date', 'day_of_month_1_based'],
  ['getDayOfWeek', 'dayOfWeek', 'day_of_week'],
  ['getHours', 'hours', 'hours'],
  ['getMinutes', 'minutes', 'minutes'],
  ['getSeconds', 'seconds', 'seconds'],
  ['getMilliseconds', 'milliseconds', 'milliseconds'],
];
const durationParts: readonly (readonly [string, string, bigint])[] = [
  ['getHours', 'hours', 3_600_000_000_000n],
  ['getMinutes', 'minutes', 60_000_000_000n],
  ['getSeconds', 'seconds', 1_000_000_000n],
  ['getMilliseconds', 'milliseconds', 1_000_000n],
];

const time = [
  ...timestampParts.flatMap(([name, part, id]) => [
    method(name, `timestamp_to_${id}`, 'timestamp -> int', (at: Timestamp) => timePart(at, part)),
    method(name, `timestamp_to_${id}_with_tz`, 'timestamp, string -> int', (at: Timestamp, zone: string) => timePart(at, part, zone)),
  ]),
  ...durationParts.map(([name, id, unit]) =>
    method(name, `duration_to_${id}`, 'duration -> int', ({ nanos }: Duration) => integer(nanos / unit) ?? 0),
  ),
];

const typeNames = [
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
];

function typeConstant(name: string) {
  const type =
    name === 'list'
      ? readType('list(dyn)')
      : name === 'map'
        ? readType('map(dyn, dyn)')
        : (Object.values(types).find((known) => known.name === name) ?? types.dyn);
  return { name, type: typeOfType(type), value: new TypeValue(name) };
}

/** The standard library; with `crossType`, numbers of different types are ordered. */
export function standard(crossType: boolean): Library {
  return {
    functions: [...logic, ...arithmetic, ...relations(crossType), ...sizes, ...conversions, ...text, ...time],
    macros: standardMacros,
    constants: typeNames.map(typeConstant),
  };
}
