// Namespaces that are to be looked at again at a time: each once, at the earliest time that was asked for.

import type { Clock } from '../clock.ts';

export interface Alarms {
  readonly set: (namespace: string, time: number) => void;
  readonly stop: () => void;
}

export function alarmsOf(clock: Clock, ring: (namespace: string) => void): Alarms {
  const waiting = new Map<string, { readonly time: number; readonly callOff: () => void }>();
  return {
    set(namespace, time) {
      if (time === Number.POSITIVE_INFINITY) return;
      const before = waiting.get(namespace);
      if (before !== undefined && before.time <= time) return;
      before?.callOff();
      const callOff = clock.at(time, () => {
        waiting.delete(namespace);
        ring(namespace);
      });
      waiting.set(namespace, { time, callOff });
    },
    stop() {
      for (const { callOff } of waiting.values()) callOff();
      waiting.clear();
    },
  };
}
