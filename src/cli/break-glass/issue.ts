// `cofferdam break-glass issue`: one signed token to stdout.

import { readFileSync } from 'node:fs';
import { parseDuration } from '../../kube/duration.ts';
import { problem } from '../../lib/problem.ts';
import { issueToken } from '../../server/admit/break-glass.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { list, word } from '../flags.ts';

const operations = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT', '*'];

export function run({ flags, now, console }: CommandInput): number {
  const [key, user, reason] = (['key', 'user', 'reason'] as const).map((name) => {
    const value = word(flags, name);
    if (value === undefined || value === '') throw new Stop(problem('usage/bad-flag', `--${name} is needed`));
    return value;
  });
  const namespaces = list(flags, 'namespace');
  if (namespaces.length === 0) throw new Stop(problem('usage/bad-flag', '--namespace is needed; "*" opens every one'));
  const wanted = list(flags, 'operation');
  const strange = wanted.find((operation) => !operations.includes(operation));
  if (strange !== undefined) throw new Stop(problem('usage/bad-flag', `--operation ${strange}: there are ${operations.join(', ')}`));
  const lifetime = word(flags, 'for') ?? '30m';
  const nanoseconds = parseDuration(lifetime);
  if (nanoseconds === undefined) throw new Stop(problem('usage/bad-flag', `--for ${lifetime}: write it as 30m or 2h`));
  const token = issueToken(privateKeyOf(key ?? ''), {
    user: user ?? '',
    reason: reason ?? '',
    namespaces,
    operations: wanted.length === 0 ? ['*'] : wanted,
    seconds: Number(nanoseconds) / 1e9,
    now: Math.floor(now / 1000),
  });
  if (!token.ok) throw new Stop(token.problem);
  console.out(`${token.value}\n`);
  return exit.clean;
}

function privateKeyOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Stop(problem('usage/bad-flag', `--key ${file}: it cannot be read`));
  }
}
