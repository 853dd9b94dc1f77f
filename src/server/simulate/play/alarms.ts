// What (a namespace, a request) is to be looked at again at a time: each once, at the earliest time that was asked for.

import type { Clock } from '../clock.ts';

interface Alarms {
  readonly set: (key: string, time: number) => void;
  readonly stop: () => void;
}

export function alarmsOf(clock: Clock, ring: (key: string) => void): Alarms {
  const waiting = new Map<string, { readonly time: number; readonly callOff: () => void }>();
  return {
    set(key, time) {
      if (time === Number.POSITIVE_INFINITY) return;
      const before = waiting.get(key);
      if (before !== undefined && before.time <= time) return;
      before?.callOff();
      const callOff = clock.at(time, () => {
        waiting.delete(key);
        ring(key);
      });
      waiting.set(key, { time, callOff });
    },
    stop() {
      for (const { callOff } of waiting.values()) callOff();
      waiting.clear();
    },
  };
}
