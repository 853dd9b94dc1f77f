// What a command is: its words and flags as data, so that help, completion and the generated reference agree, and its work, loaded only
// when it runs. Every command gets the same console and returns an exit status.

import type { Console } from './console.ts';

export interface Flag {
  /** As commander writes it: `-o, --output <format>`. */
  readonly flags: string;
  readonly description: string;
  /** May be given several times. */
  readonly repeatable?: boolean;
  readonly default?: string;
  /** The values there are, for completion and early errors. */
  readonly choices?: readonly string[];
}

/** Values of flags by their camel-cased names. */
export type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface CommandInput {
  readonly words: readonly string[];
  readonly flags: Flags;
  readonly console: Console;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch, read once at the start. */
  readonly now: number;
}

export interface Command {
  /** One word, or two for a command of a group: `config view`. */
  readonly name: string;
  readonly summary: string;
  /** `[path...]` as commander writes it. */
  readonly words: string;
  readonly flags: readonly Flag[];
  /** Lines under "Examples" in the help. */
  readonly examples: readonly string[];
  readonly load: () => Promise<{ readonly run: (input: CommandInput) => Promise<number> | number }>;
}
