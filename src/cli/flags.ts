// Reading flags: typed values, with one sentence about what is wrong where one is.

import { problem } from '../lib/problem.ts';
import type { Flag, Flags } from './command.ts';
import { Stop } from './exit.ts';

/** The values of a repeatable flag; a comma separates too. */
export function list(flags: Flags, name: string): readonly string[] {
  const value = flags[name];
  const values = Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
  return values
    .flatMap((item: string) => item.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** The values of a repeatable flag as given, commas and all. */
export function verbatim(flags: Flags, name: string): readonly string[] {
  const value = flags[name];
  return Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
}

/** The value of a flag that takes one word. */
export function word(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

/** Reads `--kubernetes-version 1.34`; a patch and a leading v are accepted and dropped. */
export function kubernetesVersion(flags: Flags): string | undefined {
  const value = word(flags, 'kubernetesVersion');
  if (value === undefined) return undefined;
  const match = /^v?(1\.[0-9]{1,2})(?:\.[0-9]+.*)?$/.exec(value);
  if (match?.[1] === undefined) throw new Stop(problem('usage/bad-flag', `--kubernetes-version ${value}: write it as 1.34`));
  return match[1];
}

/** Flags that every command has. */
export const common: readonly Flag[] = [
  { flags: '--config <file>', description: 'settings (default: cofferdam.yaml here, if there is one)' },
  { flags: '-q, --quiet', description: 'nothing on stderr but errors' },
  { flags: '-v, --verbose', description: 'say more on stderr' },
];
