// Who makes and reads tokens of service accounts. Keys, clocks and chance are outside of the pipeline: whoever has them gives this.

import type { Identity } from '../../identity/impersonation.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { State } from '../store/state.ts';

/** An object as a token names it. */
export interface Bound {
  readonly name: string;
  /** Absent of a node that is not there. */
  readonly uid?: string;
}

/** What a token says beside whose it is. */
export interface TokenContent {
  readonly audiences: readonly string[];
  /** Seconds from now on. */
  readonly lasts: number;
  /** Seconds after which its use is warned of. */
  readonly warnAfter?: number;
  /** What it is bound to; of a pod the node too. */
  readonly bound: Readonly<Partial<Record<'pod' | 'node' | 'secret', Bound>>>;
}

export interface Tokens {
  /** A token of the account, made `now`, in milliseconds since 1970. */
  readonly issue: (account: JsonObject, content: TokenContent, now: number) => { readonly token: string; readonly id: string };
  /** Who a token stands for, and which of the audiences it is for; or why it stands for nobody, as a TokenReview says it. */
  readonly verify: (
    token: string,
    audiences: readonly string[],
    state: State,
    now: number,
  ) => { readonly user: Identity; readonly audiences: readonly string[] } | { readonly why: string };
}
