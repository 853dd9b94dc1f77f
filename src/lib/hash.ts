// A stable 128-bit text hash for identities (findings, fingerprints, caches). Not cryptographic: use it for names, never for trust.
// Two independent 64-bit lanes of FNV-1a-like mixing over UTF-16 units, in 32-bit halves so that plain numbers suffice.

/** 32 hexadecimal digits that depend on every character of `text`; equal texts give equal digits on every machine. */
export function hash(text: string): string {
  return (
    lane(text, 0x811c9dc5, 0x01000193) +
    lane(text, 0x9e3779b1, 0x85ebca6b) +
    lane(text, 0xc2b2ae35, 0x27d4eb2f) +
    lane(text, 0x165667b1, 0x1b873593)
  );
}

function lane(text: string, seed: number, factor: number): string {
  let value = seed >>> 0;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), factor);
    value ^= value >>> 15;
  }
  value ^= text.length;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return ((value ^ (value >>> 16)) >>> 0).toString(16).padStart(8, '0');
}
