// Whether a type fits where another is asked for, while type parameters are bound on the way. The rules are cel-go's: `dyn` fits
// everywhere, `null` fits messages, timestamps, durations and libraries' types, and of two types that fit the more general one is kept.

import { isDyn, sameType, type Type, types } from './type.ts';

/** Bindings of type parameters, by their unique names. */
export type Bindings = Map<string, Type>;

/** True where `given` fits `wanted`; bindings are changed only then. */
export function assignable(bindings: Bindings, given: Type, wanted: Type): boolean {
  return assignableAll(bindings, [given], [wanted]);
}

export function assignableAll(bindings: Bindings, given: readonly Type[], wanted: readonly Type[]): boolean {
  if (given.length !== wanted.length) return false;
  const trial = new Map(bindings);
  if (!given.every((type, index) => fits(trial, type, wanted[index] ?? types.error))) return false;
  for (const [name, type] of trial) bindings.set(name, type);
  return true;
}

function fits(bindings: Bindings, a: Type, b: Type): boolean {
  if (b.kind === 'param') {
    const { valid, bound } = bind(bindings, a, b);
    if (valid) return true;
    if (bound) return false;
  }
  if (a.kind === 'param') return bind(bindings, b, a).valid;
  if (isDyn(a) || isDyn(b)) return true;
  if (a.kind === 'null') return nullable(b);
  if (b.kind === 'null') return nullable(a);
  switch (a.kind) {
    case 'type':
      return b.kind === 'type';
    case 'list':
    case 'map':
    case 'opaque':
      return (
        a.kind === b.kind &&
        a.name === b.name &&
        a.parameters.length === b.parameters.length &&
        a.parameters.every((part, index) => fits(bindings, part, b.parameters[index] ?? types.error))
      );
    default:
      return a.kind === b.kind && a.name === b.name;
  }
}

function nullable(type: Type): boolean {
  return type.kind === 'null' || type.kind === 'opaque' || type.kind === 'object' || type.kind === 'timestamp' || type.kind === 'duration';
}

function bind(bindings: Bindings, type: Type, param: Type): { readonly valid: boolean; readonly bound: boolean } {
  if (sameType(type, param)) return { valid: true, bound: true };
  const known = bindings.get(param.name);
  if (known !== undefined) {
    if (sameType(type, known)) return { valid: true, bound: true };
    if (!fits(bindings, type, known)) return { valid: false, bound: true };
    const general = mostGeneral(type, known);
    if (!mentions(bindings, general, param)) bindings.set(param.name, general);
    return { valid: true, bound: true };
  }
  if (mentions(bindings, type, param)) return { valid: false, bound: false };
  bindings.set(param.name, type);
  return { valid: true, bound: false };
}

/** True where `param` stands somewhere in `type`. */
function mentions(bindings: Bindings, type: Type, param: Type): boolean {
  if (type.kind === 'param') {
    if (type.name === param.name) return true;
    const bound = bindings.get(type.name);
    return bound !== undefined && mentions(bindings, bound, param);
  }
  return type.parameters.some((part) => mentions(bindings, part, param));
}

export function mostGeneral(a: Type, b: Type): Type {
  return equalOrLessSpecific(a, b) ? a : b;
}

function equalOrLessSpecific(a: Type, b: Type): boolean {
  if (isDyn(a) || a.kind === 'param') return true;
  if (isDyn(b) || b.kind === 'param') return false;
  if (a.kind !== b.kind || a.name !== b.name) return false;
  if (a.kind !== 'list' && a.kind !== 'map' && a.kind !== 'opaque') return sameType(a, b);
  return a.parameters.every((part, index) => equalOrLessSpecific(part, b.parameters[index] ?? types.error));
}

/** The type with bound parameters replaced; with `toDyn`, free ones become dyn. */
export function substitute(bindings: Bindings, type: Type, toDyn: boolean): Type {
  if (type.kind === 'param') {
    const bound = bindings.get(type.name);
    if (bound !== undefined) return substitute(bindings, bound, toDyn);
    return toDyn ? types.dyn : type;
  }
  if (type.parameters.length === 0) return type;
  return { ...type, parameters: type.parameters.map((part) => substitute(bindings, part, toDyn)) };
}
