// What the commands about attack paths read: the snapshot under the version asked for, and the threat from flags and settings.

import { type Threat, usualThreat } from '../../attack/answer.ts';
import { problem } from '../../lib/problem.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Locator } from '../../sources/positions.ts';
import type { CommandInput, Flags } from '../command.ts';
import { readConfig } from '../config/read.ts';
import { Stop } from '../exit.ts';
import { kubernetesVersion, list, word } from '../flags.ts';
import { readInput } from '../network/input.ts';

export interface AttackInput {
  readonly snapshot: Snapshot;
  readonly locate: Locator;
  readonly threat: Threat;
  readonly flags: Flags;
}

/** Reads what the words and flags name. */
export async function readAttackInput(input: CommandInput): Promise<AttackInput> {
  const { flags } = readConfig(input.flags, input.environment);
  const version = kubernetesVersion(flags);
  const { snapshot, locate } = await readInput({ ...input, flags }, input.words);
  const facts = version === undefined ? snapshot.facts : { ...snapshot.facts, kubernetesVersion: version, versionKnown: true };
  return { snapshot: { ...snapshot, facts }, locate, threat: threatOf(flags), flags };
}

/** The threat that flags and settings describe. */
export function threatOf(flags: Flags): Threat {
  const [from, to] = [list(flags, 'from'), list(flags, 'to')];
  return {
    from: from.length === 0 ? usualThreat.from : from,
    to: to.length === 0 ? usualThreat.to : to,
    knownOnly: flags.knownOnly === true,
  };
}

/** A flag that takes a count. */
export function count(flags: Flags, name: string, usual: number): number {
  const text = word(flags, name);
  if (text === undefined) return usual;
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new Stop(problem('usage/bad-flag', `--${name} ${text}: write a number from 1 on`));
  return Number(text);
}
