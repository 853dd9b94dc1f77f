// An environment: the names, functions, macros and rules with which an expression is checked and run. Environments are immutable;
// `extend` gives a new one. Kubernetes' own, by version, are in `kubernetes.ts`.

import type { Library, Overload } from './function.ts';
import type { Macro } from './macros.ts';
import { objectType, type Type, types } from './type.ts';
import type { Value } from './value.ts';

export interface Options {
  /** Literals of lists and maps must have elements of one type. */
  readonly homogeneous: boolean;
  readonly optionals: boolean;
  /** Texts of durations, timestamps and regular expressions in literals are checked when the expression is compiled. */
  readonly literalValidation: boolean;
  /** Constant lists, maps and conversions are computed once and cost nothing at run time, as the API server has it. */
  readonly folding: boolean;
  /** `orValue` and `or` on a value that is no optional give the value itself, as cel-go before 0.28 did. */
  readonly lenientOptionals: boolean;
  /** `startsWith` and `endsWith` cost by their argument, not by the whole text. */
  readonly walksPrefix: boolean;
}

export interface Environment {
  readonly options: Options;
  readonly container: string;
  readonly functions: ReadonlyMap<string, readonly Overload[]>;
  readonly macros: readonly Macro[];
  readonly constants: ReadonlyMap<string, { readonly type: Type; readonly value: Value }>;
  readonly variables: ReadonlyMap<string, Type>;
  /** Object types that expressions may construct, by name. */
  readonly objects: ReadonlyMap<string, Type>;
}

export interface Extension {
  readonly libraries?: readonly Library[];
  readonly variables?: Readonly<Record<string, Type>>;
  readonly objects?: readonly Type[];
  readonly options?: Partial<Options>;
  readonly container?: string;
}

const defaults: Options = {
  homogeneous: true,
  optionals: true,
  literalValidation: true,
  folding: true,
  lenientOptionals: false,
  walksPrefix: true,
};

/** The one message of Protocol Buffers that an expression can meet without a schema. */
const protobufValue: Type = {
  ...objectType(
    'google.protobuf.Value',
    new Map([
      ['null_value', types.null],
      ['bool_value', types.bool],
      ['number_value', types.double],
      ['string_value', types.string],
    ]),
  ),
  unwraps: true,
};

export const emptyEnvironment: Environment = {
  options: defaults,
  container: '',
  functions: new Map(),
  macros: [],
  constants: new Map([['google.protobuf.NullValue.NULL_VALUE', { type: types.null, value: null }]]),
  variables: new Map(),
  objects: new Map([[protobufValue.name, protobufValue]]),
};

/** A new environment with more in it. Overloads with an id that is there already replace it. */
export function extend(base: Environment, extension: Extension): Environment {
  const functions = new Map(base.functions);
  const constants = new Map(base.constants);
  const macros = [...base.macros];
  for (const library of extension.libraries ?? []) {
    for (const overload of library.functions) {
      const known = functions.get(overload.name) ?? [];
      functions.set(overload.name, [...known.filter(({ id }) => id !== overload.id), overload]);
    }
    macros.push(...(library.macros ?? []));
    for (const { name, type, value } of library.constants ?? []) constants.set(name, { type, value });
  }
  return {
    options: { ...base.options, ...extension.options },
    container: extension.container ?? base.container,
    functions,
    macros,
    constants,
    variables: new Map([...base.variables, ...Object.entries(extension.variables ?? {})]),
    objects: new Map([...base.objects, ...(extension.objects ?? []).map((type) => [type.name, type] as const)]),
  };
}

/** The names a name may stand for inside a container `a.b`: `a.b.x`, `a.x`, `x`; with a leading dot only the last. */
export function candidates(container: string, name: string): readonly string[] {
  if (name.startsWith('.')) return [name.slice(1)];
  const names: string[] = [];
  for (let prefix = container; prefix !== ''; prefix = prefix.includes('.') ? prefix.slice(0, prefix.lastIndexOf('.')) : '')
    names.push(`${prefix}.${name}`);
  return [...names, name];
}
