// The units of durations as Go writes them (time.ParseDuration, Go 1.26): both letters for micro are known.

/** Nanoseconds in a unit. */
export const nanosecondsIn: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
