// `-o FORMAT[=FILE]`: where results go. Without a file, to stdout; several may be given, one of them without a file.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { problem } from '../lib/problem.ts';
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

/** Writes each output with the text that `render` makes of its format. */
export function write(list: readonly Output[], console: Console, render: (format: string, toTerminal: boolean) => string): void {
  for (const { format, file } of list) {
    if (file === undefined) console.out(render(format, true));
    else writeFile(file, render(format, false));
  }
}

function writeFile(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new Stop(problem('usage/bad-flag', `cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`));
  }
}
