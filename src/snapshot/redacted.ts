// What stands in a Secret where its values were. `redacted:7:24` is the seventh different value that this reading met, 24 bytes long.
// Equal numbers in one snapshot mean equal values, so that copies are found; nothing is computed from the value itself, so that not even
// a four-digit code can be guessed from a snapshot. Numbers mean nothing across two snapshots. A colon cannot occur in base64, so the
// mark is never taken for a value.

/** The mark for the `number`th value, `bytes` long. */
export function redacted(number: number, bytes: number): string {
  return `redacted:${number}:${bytes}`;
}

/** The parts of a mark, or undefined for any other text. */
export function readRedacted(text: unknown): { readonly number: number; readonly bytes: number } | undefined {
  if (typeof text !== 'string') return undefined;
  const match = /^redacted:([0-9]{1,15}):([0-9]{1,15})$/.exec(text);
  return match === null ? undefined : { number: Number(match[1]), bytes: Number(match[2]) };
}
