// cel-spec: expressions and their results, run with Kubernetes' options. Only the cases that a Kubernetes engine needs are judged; of a
// case with another answer in Kubernetes, that answer.

import { shownType } from '../../src/languages/cel/check.ts';
import { type Environment, emptyEnvironment, extend } from '../../src/languages/cel/environment.ts';
import { kubernetesEnvironment } from '../../src/languages/cel/kubernetes.ts';
import { compile } from '../../src/languages/cel/program.ts';
import { listOf, mapTypeOf, opaque, optionalOf, parameter, type Type, typeOfType, types } from '../../src/languages/cel/type.ts';
import { CelError, type Value } from '../../src/languages/cel/value.ts';
import { type CaseResult, jsonLines, type Suite } from '../suite.ts';
import { decodeValue, type EncodedValue, sameResult, shown } from './cel-value.ts';

interface Declared {
  readonly name: string;
  readonly ident?: { readonly type: DeclaredType };
  readonly function?: {
    readonly overloads: readonly {
      readonly overloadId: string;
      readonly params: readonly DeclaredType[];
      readonly resultType: DeclaredType;
      readonly isInstanceFunction: boolean;
    }[];
  };
}
interface DeclaredType {
  readonly primitive?: string;
  readonly wellKnown?: string;
  readonly dyn?: object;
  readonly null?: unknown;
  readonly listType?: { readonly elemType: DeclaredType };
  readonly mapType?: { readonly keyType: DeclaredType; readonly valueType: DeclaredType };
  readonly abstractType?: { readonly name: string; readonly parameterTypes?: readonly DeclaredType[] };
  readonly type?: DeclaredType;
  readonly typeParam?: string;
}
interface Expected {
  readonly value?: EncodedValue;
  readonly type?: DeclaredType;
  readonly error?: readonly string[];
}
interface Case {
  readonly id: string;
  readonly expr: string;
  readonly container?: string;
  readonly typeEnv?: readonly Declared[];
  readonly bindings?: Readonly<Record<string, { readonly value: EncodedValue }>>;
  readonly disableCheck?: boolean;
  readonly disableMacros?: boolean;
  readonly checkOnly?: boolean;
  readonly expect: Expected;
  readonly kubernetes: boolean;
  readonly kubernetesExpect?: Expected;
}

const primitives: Readonly<Record<string, Type>> = {
  BOOL: types.bool,
  INT64: types.int,
  UINT64: types.uint,
  DOUBLE: types.double,
  STRING: types.string,
  BYTES: types.bytes,
};

function typeOf(declared: DeclaredType): Type {
  if (declared.primitive !== undefined) return primitives[declared.primitive] ?? types.dyn;
  if (declared.wellKnown === 'TIMESTAMP') return types.timestamp;
  if (declared.wellKnown === 'DURATION') return types.duration;
  if (declared.listType !== undefined) return listOf(typeOf(declared.listType.elemType));
  if (declared.mapType !== undefined) return mapTypeOf(typeOf(declared.mapType.keyType), typeOf(declared.mapType.valueType));
  if (declared.abstractType?.name === 'optional_type') return optionalOf(typeOf(declared.abstractType.parameterTypes?.[0] ?? {}));
  if (declared.abstractType !== undefined)
    return { ...opaque(declared.abstractType.name), parameters: (declared.abstractType.parameterTypes ?? []).map(typeOf) };
  if (declared.type !== undefined) return typeOfType(typeOf(declared.type));
  if (declared.typeParam !== undefined) return parameter(declared.typeParam);
  return 'null' in declared ? types.null : types.dyn;
}

export const celSpec: Suite = {
  name: 'cel-spec',
  async *run(folder): AsyncGenerator<CaseResult> {
    for await (const each of jsonLines<Case>(folder, 'cases.jsonl')) if (each.kubernetes) yield judge(each);
  },
};

function environmentOf(each: Case): Environment {
  const variables = Object.fromEntries(
    (each.typeEnv ?? []).flatMap(({ name, ident }) => (ident === undefined ? [] : [[name, typeOf(ident.type)]])),
  );
  const functions = (each.typeEnv ?? []).flatMap(({ name, function: declared }) =>
    (declared?.overloads ?? []).map((overload) => ({
      name,
      id: overload.overloadId,
      member: overload.isInstanceFunction,
      args: overload.params.map(typeOf),
      result: typeOf(overload.resultType),
      call: () => new CelError('declared only'),
    })),
  );
  const base = extend(kubernetesEnvironment(), { variables, libraries: [{ functions }], container: each.container ?? '' });
  return each.disableMacros === true ? { ...base, macros: emptyEnvironment.macros } : base;
}

function judge(each: Case): CaseResult {
  const expected = each.kubernetesExpect ?? each.expect;
  const { id } = each;
  const answer = (passed: boolean, got: string): CaseResult =>
    passed ? { id, passed } : { id, passed, detail: `${each.expr}: expected ${JSON.stringify(expected)}, got ${got}` };
  const compiled = compile(each.expr, environmentOf(each), { checked: each.disableCheck !== true });
  if (!compiled.ok) return answer(expected.error !== undefined, compiled.issues.map(({ message }) => message).join('; '));
  const { program } = compiled;
  if (expected.type !== undefined && shownType(program.type) !== shownType(typeOf(expected.type)))
    return answer(false, `type ${shownType(program.type)}`);
  if (each.checkOnly === true || (expected.type !== undefined && expected.value === undefined))
    return answer(expected.error === undefined, 'checked');
  const bindings: Record<string, Value> = {};
  for (const [name, { value }] of Object.entries(each.bindings ?? {})) bindings[name] = decodeValue(value);
  const { value } = program.evaluate(bindings);
  if (value instanceof CelError) return answer(expected.error !== undefined, `error ${value.message}`);
  return answer(expected.value !== undefined && sameResult(value, decodeValue(expected.value)), shown(value));
}
