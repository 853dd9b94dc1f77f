// Runs the pipeline until no answer of a webhook is missing. Each run starts anew: over the store as it is, with the same UIDs and random
// names, with the answers that are known. What a run writes becomes true only where it was the last.

import type { EventLimits } from '../admission/event-rate-limit.ts';
import { stagedStore } from '../store/staged.ts';
import type { Circumstances } from '../store/state.ts';
import type { Writing } from '../write/update.ts';
import type { Calls, WebhookCall, WebhookReply } from './call.ts';

/** Makes a call, and gives it up where the signal says so. */
export type MakeCall = (call: WebhookCall, signal?: AbortSignal) => Promise<WebhookReply>;

/** More calls than this for one request are a fault: objects that other requests keep changing, or webhooks without end. */
const mostRounds = 200;

/** Calls of one request that are under way at a time: a list may need one for each of its objects. */
const mostAtOnce = 32;

/** What `run` gives once every call it needs is answered; undefined where that does not come to an end. */
export async function withCalls<T>(writing: Writing, makeCall: MakeCall, run: (writing: Writing) => T): Promise<T | undefined> {
  const circumstances = repeatable(writing.circumstances);
  const eventLimits = writing.eventLimits === undefined ? undefined : takenOnce(writing.eventLimits);
  return untilAnswered(
    makeCall,
    (calls) => {
      const staged = stagedStore(writing.store);
      const result = run({
        ...writing,
        store: staged,
        state: staged,
        circumstances: circumstances.again(),
        calls,
        ...(eventLimits === undefined ? {} : { eventLimits }),
      });
      return { result, staged };
    },
    ({ result, staged }) => {
      staged.commit();
      return result;
    },
  );
}

/** The same of what stores nothing. */
export async function untilAnswered<R, T>(makeCall: MakeCall, run: (calls: Calls) => R, end: (result: R) => T): Promise<T | undefined> {
  const known = new Map<string, WebhookReply>();
  for (let round = 0; round < mostRounds; round++) {
    const needed = new Map<string, WebhookCall>();
    const result = run({
      replyTo(call) {
        const reply = known.get(call.key);
        if (reply === undefined) needed.set(call.key, call);
        return reply;
      },
    });
    if (needed.size === 0) return end(result);
    const open = [...needed.values()];
    const callOne = async () => {
      for (let call = open.pop(); call !== undefined; call = open.pop()) known.set(call.key, await makeCall(call));
    };
    await Promise.all(Array.from({ length: Math.min(mostAtOnce, open.length) }, callOne));
  }
  return undefined;
}

/** The same UIDs and suffixes every time it begins again. */
function repeatable({ now, uid, suffix }: Circumstances): { readonly again: () => Circumstances } {
  const uids: string[] = [];
  const suffixes: string[] = [];
  return {
    again() {
      let nextUid = 0;
      let nextSuffix = 0;
      return {
        now,
        uid() {
          const at = nextUid++;
          uids[at] ??= uid();
          return uids[at] ?? '';
        },
        suffix(length) {
          const at = nextSuffix++;
          suffixes[at] ??= suffix(length);
          return suffixes[at] ?? '';
        },
      };
    },
  };
}

/** Limits out of which the first run alone takes tokens. */
function takenOnce(limits: EventLimits): EventLimits {
  const accepted = new Map<string, boolean>();
  return {
    ...limits,
    accept(limit, key) {
      const id = `${limit} ${key}`;
      let answer = accepted.get(id);
      if (answer === undefined) {
        answer = limits.accept(limit, key);
        accepted.set(id, answer);
      }
      return answer;
    },
  };
}
