// How much the played controllers do before others have their turn. A real one makes or deletes at most five hundred pods each time that it looks
// at an owner (pkg/controller/{replicaset,job,daemon}, 1.36); here that is shared by all owners, and requests are answered in between. Pods live
// in memory alone, so that an owner has no more than a bound of our own, and says so.

import { asString, type JsonObject } from '../../../lib/json.ts';
import type { Recorder } from './events.ts';

const mostAtOnce = 500;
/** Pods that one owner has here, those included that have succeeded. */
export const mostOfOwner = 1000;

/** What may be done in one turn of the event loop. */
export interface Burst {
  /** Leave to make or to delete one pod; false where there is none in this turn. */
  readonly take: () => boolean;
  /** True once leave was refused: there is more to be done. */
  readonly isSpent: () => boolean;
}

export function burstOf(most = mostAtOnce): Burst {
  let left = most;
  let isSpent = false;
  return {
    take() {
      isSpent ||= left === 0;
      if (isSpent) return false;
      left--;
      return true;
    },
    isSpent: () => isSpent,
  };
}

/** As many as an owner may have of what it wants. Where that is fewer it is told. */
export function bounded(recorder: Recorder, component: string, owner: JsonObject, wanted: number): number {
  if (wanted <= mostOfOwner) return wanted;
  recorder.once(owner, { component, type: 'Warning', reason: 'FailedCreate', message: tooMany(owner) });
  return mostOfOwner;
}

export function tooMany(owner: JsonObject): string {
  return `simulated controllers make at most ${mostOfOwner} pods for one ${asString(owner.kind) ?? 'owner'}`;
}
