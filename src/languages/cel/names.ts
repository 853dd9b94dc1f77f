// The names of an environment as a person writes them: variables, functions and methods with their signatures, macros and constants. What has
// no name of its own, the operators, is left out. For `cel names` and for completion.

import type { Environment } from './environment.ts';
import type { Overload } from './function.ts';
import { type Type, typeText } from './type.ts';

export interface Name {
  readonly name: string;
  /** `method`: written after a value and a dot; macros may be either. */
  readonly kind: 'variable' | 'constant' | 'function' | 'method' | 'macro';
  /** Written after a value and a dot. */
  readonly member: boolean;
  /** `string.contains(string) -> bool`; of a variable its type. */
  readonly signatures: readonly string[];
}

const written = /^[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*$/;

/** All names in alphabetical order, functions beside the methods of the same name. */
export function namesOf({ variables, constants, functions, macros }: Environment): readonly Name[] {
  const all: Name[] = [];
  for (const [name, type] of variables) all.push({ name, kind: 'variable', member: false, signatures: [typeText(type)] });
  for (const [name, { type }] of constants) all.push({ name, kind: 'constant', member: false, signatures: [typeText(type)] });
  for (const [name, overloads] of functions)
    for (const member of [false, true]) {
      const own = overloads.filter((overload) => overload.member === member);
      if (own.length > 0) all.push({ name, kind: member ? 'method' : 'function', member, signatures: own.map(signature) });
    }
  for (const [key, list] of Map.groupBy(macros, ({ name, receiver }) => `${name} ${receiver}`)) {
    const [first] = list;
    const member = first?.receiver === true;
    const name = key.slice(0, key.indexOf(' '));
    all.push({ name, kind: 'macro', member, signatures: list.map(({ args }) => macroText(name, member, args)) });
  }
  return all.filter(({ name }) => written.test(name)).sort(byName);
}

function byName(a: Name, b: Name): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0;
}

function signature({ name, member, args, result }: Overload): string {
  const [target, ...rest] = args;
  const types = (list: readonly Type[]) => list.map(typeText).join(', ');
  return member && target !== undefined
    ? `${typeText(target)}.${name}(${types(rest)}) -> ${typeText(result)}`
    : `${name}(${types(args)}) -> ${typeText(result)}`;
}

/** The first arguments of macros on lists and maps are variables, the last one is an expression. */
function macroText(name: string, member: boolean, args: number): string {
  const words = args === 1 ? ['expression'] : args === 2 ? ['variable', 'expression'] : ['index', 'variable', 'expression', 'expression'];
  const shown = words.slice(0, args);
  return member ? `_.${name}(${shown.join(', ')})` : `${name}(${shown.join(', ')})`;
}
