// Whom a credential that is shown stands for: what the flags say of the API server and its keys, the objects that tokens may be bound to,
// and the authenticators over both.

import { type Authentication, type AuthenticationSetup, authenticate } from '../../identity/authentication/authenticate.ts';
import { directoryOf } from '../../identity/authentication/directory.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { verifierOf } from '../../sources/verifier.ts';
import type { CommandInput } from '../command.ts';
import { Stop } from '../exit.ts';
import type { Presented } from './presented.ts';
import { keysOf, setupOf } from './setup.ts';

export interface Checked {
  /** With what was taken for granted about the server among its assumptions. */
  readonly found: Authentication;
  readonly setup: AuthenticationSetup;
}

/** Asks the authenticators of the API server that the flags describe. */
export function checkCredential({ flags, now }: CommandInput, shown: Presented, state: Snapshot | undefined): Checked {
  const { setup, assumptions } = setupOf(flags, shown);
  const verifier = verifierOf(keysOf(flags));
  if (!verifier.ok) throw new Stop(verifier.problem);
  const evidence = { verifier: verifier.value, ...(state === undefined ? {} : { directory: directoryOf(state) }) };
  const found = authenticate(setup, shown.credential, now, evidence);
  if (found.kind !== 'authenticated') return { found, setup };
  return { found: { ...found, assumptions: [...assumptions, ...found.assumptions] }, setup };
}
