// `cofferdam cel names`: what an expression may name, by Kubernetes version: the variables of admission policies and of custom resources'
// rules, functions and methods with their signatures, macros.

import { type Environment, extend } from '../../languages/cel/environment.ts';
import { type Name, namesOf } from '../../languages/cel/names.ts';
import { types } from '../../languages/cel/type.ts';
import { problem } from '../../lib/problem.ts';
import { admissionEnvironment } from '../../policy/cel/environment.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { kubernetesVersion, verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { minorOf } from './minor.ts';

export function run({ words, flags, console }: CommandInput): number {
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const prefix = words[0] ?? '';
  const names = namesOf(expressionEnvironment(minorOf(kubernetesVersion(flags)))).filter(({ name }) => name.startsWith(prefix));
  if (names.length === 0) throw new Stop(problem('input/nothing', `nothing begins with ${prefix} in this version`));
  write(targets, console, (format) =>
    format === 'json'
      ? `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'CelNames', names: names.map(({ member: _, ...name }) => name) }, null, 2)}\n`
      : table(names),
  );
  return exit.clean;
}

/** Everything that some expression of that version may name. */
export function expressionEnvironment(minor: number): Environment {
  const admission = admissionEnvironment(minor, { params: true, authorizer: minor >= 27 });
  return extend(admission, { variables: { self: types.dyn, oldSelf: types.dyn, variables: types.dyn } });
}

function table(names: readonly Name[]): string {
  const rows = names.flatMap(({ name, kind, signatures }) =>
    signatures.map((signature) => (kind === 'variable' || kind === 'constant' ? [kind, `${name}: ${signature}`] : [kind, signature])),
  );
  return rows.map(([kind = '', text = '']) => `${kind.padEnd(9)} ${text}\n`).join('');
}
