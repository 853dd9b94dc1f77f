// What time it is, and being called at a later time. A server goes by the system's; tests give it one that they move.

export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls once, not before `time`; returns what calls it off. */
  readonly at: (time: number, act: () => void) => () => void;
}

/** Timers take no more. */
const longest = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  at(time, act) {
    let timer = setTimeout(due, wait(time));
    timer.unref();
    function due() {
      if (Date.now() >= time) return act();
      timer = setTimeout(due, wait(time));
      timer.unref();
    }
    return () => clearTimeout(timer);
  },
};

function wait(time: number): number {
  return Math.min(longest, Math.max(0, time - Date.now()));
}
