// The authorizers of an API server as its flags and files name them, for `can`. Without them, those nearly every cluster has.

import { readFileSync } from 'node:fs';
import { type AbacPolicy, readAbac } from '../../identity/abac.ts';
import { type ChainAnswer, decide } from '../../identity/authorization/chain.ts';
import {
  type AuthorizationConfiguration,
  readAuthorizationConfiguration,
  readAuthorizationModes,
} from '../../identity/authorization/configuration.ts';
import type { RequestAttributes } from '../../identity/rules.ts';
import type { User } from '../../identity/subjects.ts';
import { readDocument } from '../../kube/yaml/parse.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { word } from '../flags.ts';

/** What the configured authorizers say; undefined where the flags configure none. */
export function chainAnswer(snapshot: Snapshot, user: User, wanted: RequestAttributes, flags: Flags): ChainAnswer | undefined {
  const configuration = configurationOf(flags, Number(snapshot.facts.kubernetesVersion.split('.')[1]));
  if (configuration === undefined) return undefined;
  const [wrong] = configuration.problems;
  if (wrong !== undefined) throw new Stop(wrong);
  const question = { user: { uid: '', extra: {}, ...user }, wanted, isResourceRequest: wanted.resource !== '', apiVersion: 'v1' };
  return decide(snapshot, configuration.authorizers, question, { policies: policiesOf(flags) });
}

function configurationOf(flags: Flags, minor: number): AuthorizationConfiguration | undefined {
  const [file, mode] = [word(flags, 'authorizationConfig'), word(flags, 'authorizationMode')];
  if (file !== undefined && mode !== undefined)
    throw new Stop(problem('usage/bad-flag', 'give --authorization-config or --authorization-mode, as the API server takes one of them'));
  if (mode !== undefined) return readAuthorizationModes(mode);
  return file === undefined ? undefined : readAuthorizationConfiguration(readDocument(read(file)).value, printable(file), minor);
}

function policiesOf(flags: Flags): readonly AbacPolicy[] {
  const file = word(flags, 'authorizationPolicyFile');
  if (file === undefined) return [];
  const { policies, problems } = readAbac(read(file), file);
  const [wrong] = problems;
  if (wrong !== undefined) throw new Stop(wrong);
  return policies;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Stop(problem('input/unreadable', `cannot read ${printable(file)}`));
  }
}
