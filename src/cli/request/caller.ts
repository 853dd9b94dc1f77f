// Who asks: a user who is taken as proved (`--as`), or whom a token or certificate stands for; and whom that caller asks to be taken for.

import type { Impersonation } from '../../identity/impersonation.ts';
import { problem } from '../../lib/problem.ts';
import type { Arrival } from '../../request/arrival.ts';
import type { Requester } from '../../request/request.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { CommandInput } from '../command.ts';
import { checkCredential } from '../credential/check.ts';
import { presented } from '../credential/presented.ts';
import { Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { readUser } from '../identity/question.ts';

export interface Caller {
  /** The user taken as proved, or a name for whoever shows a credential; undefined where nobody is named. */
  readonly user: Requester | undefined;
  readonly arrival: Arrival;
}

/** Reads who asks; `state` holds the objects that tokens may be bound to. */
export function readCaller(input: CommandInput, state: Snapshot): Caller {
  const { flags } = input;
  const impersonation = impersonationOf(flags);
  const asked = impersonation === undefined ? {} : { impersonation };
  const given = readUser(flags);
  if (flags.token === undefined && flags.certificate === undefined) return { user: given, arrival: asked };
  if (given !== undefined)
    throw new Stop(
      problem('usage/bad-flag', '--as names who asks; with --token or --certificate, whom the caller acts as is --impersonate'),
    );
  const credentials = Object.fromEntries(Object.entries(flags).filter(([name]) => name !== 'kubeconfig' && name !== 'context'));
  const shown = presented({ flags: credentials, environment: input.environment });
  const { found: authentication } = checkCredential(input, shown, state);
  return { user: nobody, arrival: { ...asked, authentication, credential: shown.source } };
}

const nobody: Requester = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

function impersonationOf(flags: CommandInput['flags']): Impersonation | undefined {
  const user = word(flags, 'impersonate') ?? '';
  const uid = word(flags, 'impersonateUid') ?? '';
  const groups = verbatim(flags, 'impersonateGroup');
  const extra = new Map<string, string[]>();
  for (const pair of verbatim(flags, 'impersonateExtra')) {
    const at = pair.indexOf('=');
    if (at < 1) throw new Stop(problem('usage/bad-flag', `--impersonate-extra ${pair}: write it as KEY=VALUE`));
    const key = pair.slice(0, at).toLowerCase();
    extra.set(key, [...(extra.get(key) ?? []), pair.slice(at + 1)]);
  }
  if (user === '' && uid === '' && groups.length === 0 && extra.size === 0) return undefined;
  return { user, uid, groups, extra: Object.fromEntries(extra) };
}
