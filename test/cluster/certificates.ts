// Certificates for a test's servers and users, made by openssl when they are needed: nothing secret lies in the repository.
// Elliptic curve keys, because ten of them take as long as one RSA key.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate and its key as PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateRequest {
  /** Name of the files: `admin` makes admin.crt and admin.key. */
  readonly file: string;
  /** `/O=system:masters/CN=admin`; the groups of a Kubernetes user are its organisations. */
  readonly subject: string;
  /** `DNS:localhost,IP:127.0.0.1` for a server's; a client's has none. */
  readonly names?: string;
  /** Days it is valid from now; a negative number makes one that has expired. Default 2. */
  readonly days?: number;
}

/** Makes a certificate authority: `ca.crt` and `ca.key` in `folder`. */
export function makeAuthority(folder: string, name = 'kubernetes-ca'): KeyPair {
  makeKey(folder, 'ca');
  openssl(folder, ['req', '-x509', '-new', '-key', 'ca.key', '-days', '3650', '-out', 'ca.crt', '-subj', `/CN=${name}`]);
  return pair(folder, 'ca');
}

/** Makes a certificate that the authority in `folder` signs. */
export function makeCertificate(folder: string, { file, subject, names, days = 2 }: CertificateRequest): KeyPair {
  makeKey(folder, file);
  openssl(folder, ['req', '-new', '-key', `${file}.key`, '-out', `${file}.csr`, '-subj', subject]);
  const usage = names === undefined ? 'extendedKeyUsage=clientAuth' : `extendedKeyUsage=serverAuth\nsubjectAltName=${names}`;
  writeFileSync(join(folder, `${file}.ext`), `${usage}\n`);
  const signed = ['x509', '-req', '-in', `${file}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-out', `${file}.crt`];
  const valid = days >= 0 ? ['-days', String(days)] : pastDays();
  openssl(folder, [...signed, ...valid, '-extfile', `${file}.ext`]);
  return pair(folder, file);
}

/** Makes the key pair that signs service account tokens: `NAME.key` and `NAME.pub`. */
export function makeSigningKey(folder: string, file: string): void {
  makeKey(folder, file);
  openssl(folder, ['ec', '-in', `${file}.key`, '-pubout', '-out', `${file}.pub`]);
}

/** A time that is over: OpenSSL 3.4 takes dates, earlier ones negative days. */
function pastDays(): readonly string[] {
  const [, major = '0', minor = '0'] =
    /^OpenSSL ([0-9]+)\.([0-9]+)/.exec(spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout) ?? [];
  const takesDates = Number(major) * 100 + Number(minor) >= 304;
  return takesDates ? ['-not_before', '20200101000000Z', '-not_after', '20200102000000Z'] : ['-days', '-1'];
}

function makeKey(folder: string, file: string): void {
  openssl(folder, ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${file}.key`]);
}

function pair(folder: string, file: string): KeyPair {
  return { certificate: readFileSync(join(folder, `${file}.crt`), 'utf8'), key: readFileSync(join(folder, `${file}.key`), 'utf8') };
}

function openssl(folder: string, words: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', words, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${words[0]}: ${stderr}`);
}
