// Clocks on walls: what they show at a time, and the time at which they show something, as Go's time.Date finds it where clocks are changed.
// The zones are those that the runtime knows.

export interface Reading {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** From Sunday, 0. */
  readonly weekday: number;
  /** Milliseconds before UTC. */
  readonly offset: number;
}

export interface Zone {
  readonly read: (time: number) => Reading;
  /** Months and days beyond the last go on into the next. */
  readonly write: (shown: Pick<Reading, 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'>) => number;
}

/** A zone by its name in the IANA database; undefined for a name that nobody knows. */
export function zoneOf(name: string): Zone | undefined {
  const offset = name === 'UTC' || name === '' ? () => 0 : offsetIn(name);
  if (offset === undefined) return undefined;
  return {
    read: (time) => reading(time, offset(time)),
    write({ year, month, day, hour, minute, second }) {
      const shown = Date.UTC(year, month - 1, day, hour, minute, second);
      const first = offset(shown);
      return shown - offset(shown - first);
    },
  };
}

function reading(time: number, offset: number): Reading {
  const date = new Date(time + offset);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    weekday: date.getUTCDay(),
    offset,
  };
}

function offsetIn(timeZone: string): ((time: number) => number) | undefined {
  try {
    const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    return (time) => {
      const text = format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? '';
      const [, sign, hours, minutes = '0', seconds = '0'] = /^GMT([-+])(\d+):(\d+)(?::(\d+))?$/.exec(text) ?? [];
      const total = ((Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
      return sign === '-' ? -total : total;
    };
  } catch {
    return undefined;
  }
}
