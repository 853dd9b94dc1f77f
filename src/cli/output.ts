// `-o FORMAT[=FILE]`: where results go. Without a file, to stdout; several may be given, one of them without a file.

import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { problem, told } from '../lib/problem.ts';
import type { Console } from './console.ts';
import { Stop } from './exit.ts';

export interface Output {
  readonly format: string;
  /** Undefined: stdout. */
  readonly file: string | undefined;
}

/** Reads the values of `-o`; `known` are the formats this command has. */
export function outputs(values: readonly string[], known: readonly string[]): readonly Output[] {
  const list = (values.length === 0 ? ['table'] : values).map((value): Output => {
    const equals = value.indexOf('=');
    const format = equals < 0 ? value : value.slice(0, equals);
    const file = equals < 0 ? undefined : value.slice(equals + 1);
    if (!known.includes(format)) throw new Stop(problem('usage/bad-flag', `-o ${value}: no such format; there are ${known.join(', ')}`));
    if (file === '') throw new Stop(problem('usage/bad-flag', `-o ${value}: a file name must follow the "="`));
    return { format, file };
  });
  if (list.filter((output) => output.file === undefined).length > 1)
    throw new Stop(
      problem('usage/bad-flag', '-o: only one format can go to stdout; give the others a file, as in -o sarif=findings.sarif'),
    );
  return list;
}

/** Writes each output with the text that `render` makes of its format, or with the pieces of it. */
export function write(
  list: readonly Output[],
  console: Console,
  render: (format: string, toTerminal: boolean) => string | Iterable<string>,
): void {
  for (const { format, file } of list) {
    const pieces = grouped(render(format, file === undefined));
    if (file === undefined) for (const piece of pieces) console.out(piece);
    else writeFile(file, pieces);
  }
}

/** Small pieces put together, so that a result of a million findings is not a million writes. */
function* grouped(text: string | Iterable<string>): Generator<string> {
  if (typeof text === 'string') {
    yield text;
    return;
  }
  let waiting: string[] = [];
  let length = 0;
  for (const piece of text) {
    waiting.push(piece);
    length += piece.length;
    if (length < 1 << 20) continue;
    yield waiting.join('');
    waiting = [];
    length = 0;
  }
  yield waiting.join('');
}

function writeFile(file: string, pieces: Iterable<string>): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const descriptor = openSync(file, 'w');
    try {
      for (const piece of pieces) writeFileSync(descriptor, piece);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw new Stop(problem('usage/bad-flag', `cannot write ${file}: ${told(error)}`));
  }
}
