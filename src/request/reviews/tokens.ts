// Who makes and reads tokens of service accounts. Keys, clocks and chance are outside of the pipeline: whoever has them gives this.

import type { Identity } from '../../identity/impersonation.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { State } from '../store/state.ts';

export interface Tokens {
  /** A token of the account as the spec of its TokenRequest says; times in milliseconds since 1970. */
  readonly issue: (account: JsonObject, spec: Json | undefined, now: number) => { readonly token: string; readonly expires: number };
  /** Who a token stands for, and which of the audiences it is for; or why it stands for nobody, as a TokenReview says it. */
  readonly verify: (
    token: string,
    audiences: readonly string[],
    state: State,
    now: number,
  ) => { readonly user: Identity; readonly audiences: readonly string[] } | { readonly why: string };
}
