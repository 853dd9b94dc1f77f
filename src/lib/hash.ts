// A stable 128-bit text hash for identities (findings, fingerprints, caches). Not cryptographic: use it for names, never for trust.
// Four 32-bit lanes of FNV-1a-like mixing over UTF-16 units, each with its own seed and factor, finished as in MurmurHash3.

/** 32 hexadecimal digits that depend on every character of `text`; equal texts give equal digits on every machine. */
export function hash(text: string): string {
  let a = 0x811c9dc5 | 0;
  let b = 0x9e3779b1 | 0;
  let c = 0xc2b2ae35 | 0;
  let d = 0x165667b1 | 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b);
    c = Math.imul(c ^ unit, 0x27d4eb2f);
    d = Math.imul(d ^ unit, 0x1b873593);
    a ^= a >>> 15;
    b ^= b >>> 13;
    c ^= c >>> 14;
    d ^= d >>> 16;
  }
  digits(0, finished(a, text.length));
  digits(8, finished(b, text.length));
  digits(16, finished(c, text.length));
  digits(24, finished(d, text.length));
  return String.fromCharCode.apply(null, units);
}

/** Character codes of the digits; one list for all calls, so that the result is one flat string and nothing else is made. */
const units: number[] = new Array(32).fill(48);

function digits(at: number, value: number): void {
  for (let index = 0; index < 8; index++) {
    const digit = (value >>> (28 - 4 * index)) & 15;
    units[at + index] = digit < 10 ? 48 + digit : 87 + digit;
  }
}

function finished(lane: number, length: number): number {
  let value = lane ^ length;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
