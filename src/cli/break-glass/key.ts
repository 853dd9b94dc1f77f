// `cofferdam break-glass key FILE`: the private key into a new file, the public one to stdout.

import { writeFileSync } from 'node:fs';
import { problem, told } from '../../lib/problem.ts';
import { newBreakGlassKeys } from '../../server/admit/break-glass.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';

export function run({ words: [file], console }: CommandInput): number {
  if (file === undefined) throw new Stop(problem('usage/bad-flag', 'name the file that the private key goes to'));
  const { privateKey, publicKey } = newBreakGlassKeys();
  try {
    writeFileSync(file, privateKey, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new Stop(problem('usage/bad-flag', `${file}: the key is not written: ${told(error)}`));
  }
  console.out(publicKey);
  return exit.clean;
}
