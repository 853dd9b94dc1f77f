// The end of a run that needs an object in a version it cannot have yet, or at all: a conversion webhook is still to be asked, is not asked from
// here, or failed. It is thrown because objects are converted deep within managed fields, policies and lists; `caught` turns it into a refusal
// at the two edges of the pipeline, for writes and for reads.

import type { Answer, Refusal } from '../answer.ts';
import { waiting } from '../calls/call.ts';
import { internal, refused } from '../status.ts';

export class Unconverted extends Error {
  readonly refusal: Refusal;
  /** What nobody was asked, where that is why; the refusal is not the server's then. */
  readonly unknown: string | undefined;

  private constructor(refusal: Refusal, unknown?: string) {
    super(refusal.message);
    this.refusal = refusal;
    this.unknown = unknown;
  }

  /** The call is still to be made. */
  static waits(): Unconverted {
    return new Unconverted(waiting);
  }

  /** The webhook failed, in the server's words. */
  static failed(message: string): Unconverted {
    return new Unconverted({ code: 500, reason: '', message });
  }

  /** What the webhook would answer is not known. */
  static unknown(why: string): Unconverted {
    return new Unconverted(internal(why), why);
  }

  get isWaiting(): boolean {
    return this.refusal === waiting;
  }

  /** True where the webhook was asked in vain. */
  get isFailure(): boolean {
    return !this.isWaiting && this.unknown === undefined;
  }
}

/** What `run` gives, or what `otherwise` makes of an object that could not be converted in it. */
export function caught<T>(run: () => T, otherwise: (unconverted: Unconverted) => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Unconverted) return otherwise(error);
    throw error;
  }
}

/** The answer where it ends so. */
export function unconverted({ refusal, unknown }: Unconverted): Answer {
  return unknown === undefined ? refused(refusal) : { ...refused(refusal), unknown };
}
