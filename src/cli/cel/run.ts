// `cofferdam cel eval`: one expression in the environment of a Kubernetes version. Every variable is `dyn`, as an object is in an
// admission policy; `authorizer` is not there, as nobody could answer it.

import { readFileSync } from 'node:fs';
import { parseYaml } from '../../kube/yaml/parse.ts';
import { shownType } from '../../languages/cel/check.ts';
import { perCallLimit } from '../../languages/cel/cost.ts';
import { extend } from '../../languages/cel/environment.ts';
import { kubernetesEnvironment } from '../../languages/cel/kubernetes.ts';
import { plain } from '../../languages/cel/plain.ts';
import { compile, type Diagnostic, diagnosed } from '../../languages/cel/program.ts';
import { types } from '../../languages/cel/type.ts';
import type { Value } from '../../languages/cel/value.ts';
import { type Why, why } from '../../languages/cel/why.ts';
import type { Json } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { kubernetesVersion, verbatim, word } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { minorOf } from './minor.ts';

interface Answer {
  readonly result: Json;
  readonly type: string;
  readonly cost?: number;
  readonly why?: object;
}

export function run({ words, flags, console }: CommandInput): number {
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const source = words[0] ?? '';
  const variables = variablesOf(verbatim(flags, 'var'), word(flags, 'filename'));
  const declared = Object.fromEntries(Object.keys(variables).map((name) => [name, types.dyn]));
  const compiled = compile(source, extend(kubernetesEnvironment(minorOf(kubernetesVersion(flags))), { variables: declared }));
  if (!compiled.ok) return refuse(compiled.issues);
  const { program } = compiled;
  const evaluation = program.evaluate(variables);
  const failed = diagnosed(program, evaluation);
  if (failed !== undefined) return refuse([failed]);
  const { value, cost } = evaluation;
  const cause = value === false ? why(program, variables, perCallLimit) : undefined;
  const answer: Answer = {
    result: plain(value),
    type: shownType(program.type),
    ...(flags.cost === true && { cost }),
    ...(cause !== undefined && {
      why: { ...cause, value: plain(cause.value), parts: cause.parts.map((part) => ({ ...part, value: plain(part.value) })) },
    }),
  };
  write(targets, console, (format) => (format === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : text(answer, cause)));
  return value === false ? exit.findings : exit.clean;

  function refuse(errors: readonly Diagnostic[]): number {
    write(targets, console, (format) =>
      format === 'json'
        ? `${JSON.stringify({ errors }, null, 2)}\n`
        : errors.map(({ line, column, code, message }) => `${line}:${column} ${code} ${printable(message)}\n`).join(''),
    );
    return exit.usage;
  }
}

function text({ result, cost }: Answer, cause: Why | undefined): string {
  const lines = [typeof result === 'string' ? printable(result) : JSON.stringify(result)];
  if (cause !== undefined) {
    lines.push(`  because ${printable(cause.expression)} is ${JSON.stringify(plain(cause.value))} (${cause.line}:${cause.column})`);
    for (const { expression, value } of cause.parts)
      lines.push(`    ${printable(expression)} is ${printable(short(JSON.stringify(plain(value))))}`);
  }
  if (cost !== undefined) lines.push(`  cost ${cost} of ${perCallLimit}`);
  return `${lines.join('\n')}\n`;
}

const longest = 200;

function short(value: string): string {
  return value.length <= longest ? value : `${value.slice(0, longest)}…`;
}

function variablesOf(given: readonly string[], file: string | undefined): Readonly<Record<string, Value>> {
  const variables: Record<string, Value> = Object.create(null);
  if (file !== undefined) {
    const object = manifest(file);
    variables.object = object as Value;
    variables.self = object as Value;
  }
  for (const assignment of given) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(assignment) ?? [];
    if (name === undefined || value === undefined) throw new Stop(problem('usage/bad-flag', `--var ${assignment}: write it as name=json`));
    try {
      variables[name] = JSON.parse(value, exactInteger);
    } catch {
      throw new Stop(problem('usage/bad-flag', `--var ${name}: the value is no JSON; text needs quotes, as in ${name}='"text"'`));
    }
  }
  return variables;
}

/** Integers that a double does not hold become what CEL has for them. */
function exactInteger(_key: string, value: Value, context?: { readonly source?: string }): Value {
  const { source = '' } = context ?? {};
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !/^-?[0-9]{1,19}$/.test(source)) return value;
  const exact = BigInt(source);
  return BigInt.asIntN(64, exact) === exact ? exact : value;
}

/** The first document of a file; refused where it holds a number that cannot be held exactly. */
function manifest(file: string): Json {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch {
    throw new Stop(problem('input/unreadable', `cannot read ${file}`));
  }
  const { documents, problems } = parseYaml(text, file);
  const [first] = documents;
  const rounded = problems.find(({ code }) => code === 'yaml/unsafe-integer' || code === 'json/unsafe-integer');
  if (rounded !== undefined) throw new Stop(rounded);
  if (first?.value !== undefined) return first.value;
  throw new Stop(problems[0] ?? problem('input/nothing', `${file} holds no document`));
}
