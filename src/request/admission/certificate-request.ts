// The subject of a PKCS #10 certificate request in PEM (RFC 2986): its common name and organizations, which are the user and groups that a
// certificate made of it would stand for. Left out: everything else in it; signatures are not checked here.

export interface Subject {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** Reads the subject; undefined for what is no request. `text` is the base64 of the PEM, as objects carry it. */
export function requestSubject(text: string): Subject | undefined {
  const pem = decoded(text);
  const body = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]*)-----END/.exec(pem ?? '')?.[1];
  const der = body === undefined ? undefined : decoded(body.replace(/\s/g, ''));
  if (der === undefined) return undefined;
  const bytes = Uint8Array.from(der, (char) => char.charCodeAt(0));
  const [whole] = elements(bytes, 0, bytes.length);
  const [info] = whole === undefined ? [] : elements(bytes, whole.start, whole.end);
  const name = info === undefined ? undefined : elements(bytes, info.start, info.end)[1];
  return name === undefined ? undefined : subjectIn(bytes, name);
}

function decoded(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}

const commonName = '2.5.4.3';
const organization = '2.5.4.10';

function subjectIn(bytes: Uint8Array, name: Element): Subject {
  const subject = { commonName: '', organizations: [] as string[] };
  for (const set of elements(bytes, name.start, name.end))
    for (const pair of elements(bytes, set.start, set.end)) {
      const [type, value] = elements(bytes, pair.start, pair.end);
      if (type === undefined || value === undefined) continue;
      const text = new TextDecoder().decode(bytes.subarray(value.start, value.end));
      const oid = objectIdentifier(bytes.subarray(type.start, type.end));
      if (oid === commonName) subject.commonName = text;
      if (oid === organization) subject.organizations.push(text);
    }
  return subject;
}

/** The elements of definite length between two offsets; reading ends at the first that does not fit. */
function elements(bytes: Uint8Array, from: number, to: number): readonly Element[] {
  const found: Element[] = [];
  for (let at = from; at + 2 <= to; ) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1] ?? 0;
    const long = first > 127 ? first & 127 : 0;
    if (long > 4) break;
    let length = first > 127 ? 0 : first;
    for (let index = 0; index < long; index++) length = length * 256 + (bytes[at + 2 + index] ?? 0);
    const start = at + 2 + long;
    if (start + length > to) break;
    found.push({ tag, start, end: start + length });
    at = start + length;
  }
  return found;
}

function objectIdentifier(bytes: Uint8Array): string {
  const arcs: number[] = [Math.floor((bytes[0] ?? 0) / 40), (bytes[0] ?? 0) % 40];
  let arc = 0;
  for (const byte of bytes.subarray(1)) {
    arc = arc * 128 + (byte & 127);
    if (byte < 128) {
      arcs.push(arc);
      arc = 0;
    }
  }
  return arcs.join('.');
}
