// A console that remembers: what a command printed, for tests that call it without a process.

import type { CommandInput, Flags } from '../src/cli/command.ts';

export interface Told {
  out: string;
  err: string;
}

/** The input of a command, and what it prints. Settings files of this machine are not read. */
export function commandInput(
  words: readonly string[],
  flags: Flags = {},
  now = Date.UTC(2026, 10, 1),
): { readonly input: CommandInput; readonly told: Told } {
  const told: Told = { out: '', err: '' };
  const console = {
    out: (text: string) => {
      told.out += text;
    },
    err: (text: string) => {
      told.err += text;
    },
    color: false,
    width: undefined,
    quiet: false,
  };
  return { input: { words, flags, console, environment: {}, now }, told };
}
