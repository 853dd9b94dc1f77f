// The subject of a PKCS #10 certificate request in PEM (RFC 2986): its common name and organizations, which are the user and groups that a
// certificate made of it would stand for. Left out: everything else in it; signatures are not checked here.

export interface Subject {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

interface Element {
  readonly tag: number;
  /** Where it begins, with its tag and length. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

/** What a certificate takes over from a request, as DER: who it is for, the public key, and other names where they are asked for. */
export interface RequestParts {
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  /** The value of the extension subjectAltName. */
  readonly otherNames?: Uint8Array;
}

/** Reads the parts; undefined for what is no request. */
export function requestParts(text: string): RequestParts | undefined {
  const bytes = requestBytes(text);
  if (bytes === undefined) return undefined;
  const [, name, key, ...attributes] = informationIn(bytes);
  if (name === undefined || key === undefined) return undefined;
  const otherNames = attributes
    .flatMap(({ start, end }) => elements(bytes, start, end))
    .flatMap((attribute) => elements(bytes, attribute.start, attribute.end).slice(1))
    .flatMap((values) => elements(bytes, values.start, values.end))
    .flatMap((extensions) => elements(bytes, extensions.start, extensions.end))
    .map((extension) => elements(bytes, extension.start, extension.end))
    .find(([id]) => id !== undefined && objectIdentifier(bytes.subarray(id.start, id.end)) === alternativeNames)
    ?.at(-1);
  return {
    subject: bytes.subarray(name.at, name.end),
    publicKey: bytes.subarray(key.at, key.end),
    ...(otherNames === undefined ? {} : { otherNames: bytes.subarray(otherNames.start, otherNames.end) }),
  };
}

/** Reads the subject; undefined for what is no request. `text` is the base64 of the PEM, as objects carry it. */
export function requestSubject(text: string): Subject | undefined {
  const bytes = requestBytes(text);
  const name = bytes === undefined ? undefined : informationIn(bytes)[1];
  return bytes === undefined || name === undefined ? undefined : subjectIn(bytes, name);
}

function informationIn(bytes: Uint8Array): readonly Element[] {
  const [whole] = elements(bytes, 0, bytes.length);
  const [info] = whole === undefined ? [] : elements(bytes, whole.start, whole.end);
  return info === undefined ? [] : elements(bytes, info.start, info.end);
}

function requestBytes(text: string): Uint8Array | undefined {
  const pem = decoded(text);
  const body = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]*)-----END/.exec(pem ?? '')?.[1];
  const der = body === undefined ? undefined : decoded(body.replace(/\s/g, ''));
  if (der === undefined) return undefined;
  return Uint8Array.from(der, (char) => char.charCodeAt(0));
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
const alternativeNames = '2.5.29.17';

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
    found.push({ tag, at, start, end: start + length });
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
