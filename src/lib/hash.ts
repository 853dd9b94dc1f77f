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
  return finished(a, text.length) + finished(b, text.length) + finished(c, text.length) + finished(d, text.length);
}

function finished(lane: number, length: number): string {
  let value = lane ^ length;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return ((value ^ (value >>> 16)) >>> 0).toString(16).padStart(8, '0');
}
