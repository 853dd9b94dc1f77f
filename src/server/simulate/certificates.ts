// Keys and certificates of a simulated server, made when it starts and kept nowhere but in a kubeconfig that is asked for: an authority, the
// server's certificate for the names it is reached by, a client's for its user and groups (RFC 5280, ECDSA P-256). The DER is written here,
// since node:crypto signs but makes no certificates.

import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';

export interface Certified {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
}

export interface Authority {
  readonly certificate: string;
  /** A certificate of the server; names may be addresses. */
  readonly server: (names: readonly string[]) => Certified;
  /** A certificate of a client: the user and its groups. */
  readonly client: (user: string, groups: readonly string[]) => Certified;
  /** A certificate for what somebody asks for, as PEM. */
  readonly sign: (wanted: Wanted) => string;
}

/** DER where nothing else is said. */
export interface Wanted {
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly otherNames?: Uint8Array;
  /** Bits of the extension keyUsage, the first one highest. */
  readonly keyUsage: number;
  /** Identifiers of extended usages. */
  readonly usages: readonly string[];
  /** Milliseconds. */
  readonly from: number;
  readonly to: number;
}

const day = 86_400_000;

/** An authority whose certificates are good from a day before `now` (milliseconds) for a year. */
export function makeAuthority(now: number): Authority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = subject([[commonName, 'simulated-ca']]);
  const end = now + 365 * day;
  const issue = (of: KeyObject, who: Buffer, extensions: readonly Buffer[]): string =>
    issued(of.export({ type: 'spki', format: 'der' }), who, extensions, now - day, end);
  const issued = (publicKey: Uint8Array, who: Uint8Array, extensions: readonly Buffer[], from: number, to: number): string => {
    const tbs = sequence(
      tagged(0xa0, integer(Buffer.from([2]))),
      integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
      ecdsaSha256,
      name,
      sequence(time(from), time(Math.min(to, end))),
      Buffer.from(who),
      Buffer.from(publicKey),
      tagged(0xa3, sequence(...extensions)),
    );
    const signature = createSign('SHA256').update(tbs).sign(own.privateKey);
    return pem('CERTIFICATE', sequence(tbs, ecdsaSha256, bits(signature)));
  };
  const certified = (who: Buffer, extensions: readonly Buffer[]): Certified => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return {
      certificate: issue(pair.publicKey, who, [extension(keyUsage, true, bits(Buffer.from([0x80]), 7)), ...extensions]),
      key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  };
  return {
    certificate: issue(own.publicKey, name, [
      extension(basicConstraints, true, sequence(Buffer.from([1, 1, 0xff]))),
      extension(keyUsage, true, bits(Buffer.from([0x06]), 1)),
    ]),
    server: (names) =>
      certified(subject([[commonName, 'simulated-apiserver']]), [
        extension(extendedKeyUsage, false, sequence(identifier('1.3.6.1.5.5.7.3.1'))),
        extension(alternativeNames, false, sequence(...names.map(generalName))),
      ]),
    client: (user, groups) =>
      certified(subject([...groups.map((group): [string, string] => [organization, group]), [commonName, user]]), [
        extension(extendedKeyUsage, false, sequence(identifier('1.3.6.1.5.5.7.3.2'))),
      ]),
    sign: ({ subject: who, publicKey, otherNames, keyUsage: flags, usages, from, to }) =>
      issued(
        publicKey,
        who,
        [
          ...(flags === 0 ? [] : [extension(keyUsage, true, bits(Buffer.from([flags]), 31 - Math.clz32(flags & -flags)))]),
          ...(usages.length === 0 ? [] : [extension(extendedKeyUsage, false, sequence(...usages.map(identifier)))]),
          extension(basicConstraints, true, sequence()),
          ...(otherNames === undefined ? [] : [extension(alternativeNames, false, Buffer.from(otherNames))]),
        ],
        from,
        to,
      ),
  };
}

const commonName = '2.5.4.3';
const organization = '2.5.4.10';
const basicConstraints = '2.5.29.19';
const keyUsage = '2.5.29.15';
const extendedKeyUsage = '2.5.29.37';
const alternativeNames = '2.5.29.17';

function tagged(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const bytes = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}

function sequence(...members: readonly Buffer[]): Buffer {
  return tagged(0x30, ...members);
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function bits(bytes: Buffer, unused = 0): Buffer {
  return tagged(0x03, Buffer.from([unused]), bytes);
}

function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const digits = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    bytes.push(...digits);
  }
  return tagged(0x06, Buffer.from(bytes));
}

const ecdsaSha256 = sequence(identifier('1.2.840.10045.4.3.2'));

function subject(parts: readonly (readonly [type: string, value: string])[]): Buffer {
  return sequence(...parts.map(([type, value]) => tagged(0x31, sequence(identifier(type), tagged(0x0c, Buffer.from(value))))));
}

/** GeneralizedTime, to whole seconds. */
function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/[-:T]/g, '').slice(0, 14);
  return milliseconds < Date.UTC(2050, 0) ? tagged(0x17, Buffer.from(`${digits.slice(2)}Z`)) : tagged(0x18, Buffer.from(`${digits}Z`));
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(identifier(id), ...(isCritical ? [Buffer.from([1, 1, 0xff])] : []), tagged(0x04, value));
}

function generalName(name: string): Buffer {
  const version = isIP(name);
  if (version === 4) return tagged(0x87, Buffer.from(name.split('.').map(Number)));
  if (version === 6) return tagged(0x87, addressBytes(name));
  return tagged(0x82, Buffer.from(name));
}

function addressBytes(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((part) => Number.parseInt(part, 16)));
  const [front, back] = [groups(head), groups(tail ?? '')];
  const all = tail === undefined ? front : [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
