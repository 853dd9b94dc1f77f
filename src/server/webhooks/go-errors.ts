// Failures of connections in the words of Go's HTTP client and TLS (net, crypto/tls and crypto/x509 of Go 1.26), as they stand in the messages of
// the API server. Where a certificate is not trusted, it is looked at once more, without sending anything, to say what is wrong with it.

import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { rfc3339 } from '../../lib/rfc3339.ts';

/** Where a request goes, and what it trusts. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** What the certificate must be for. */
  readonly name: string;
  /** The Host header. */
  readonly authority: string;
  readonly path: string;
  /** PEM; the authorities of the system where absent. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
}

const alerts: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'remote error: tls: certificate required',
  ERR_SSL_SSL_ALERT_BAD_CERTIFICATE: 'remote error: tls: bad certificate',
  ERR_SSL_SSL_ALERT_HANDSHAKE_FAILURE: 'remote error: tls: handshake failure',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'remote error: tls: bad certificate',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'remote error: tls: handshake failure',
  ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR: 'remote error: tls: internal error',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'remote error: tls: unrecognized name',
};

const untrusted: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'INVALID_PURPOSE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** What Go would say of an error. */
export async function transportText(error: Error, place: Place, socket: TLSSocket | undefined): Promise<string> {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const told = (key: string): unknown => (first instanceof Error ? Reflect.get(first, key) : undefined);
  const code = String(told('code') ?? '');
  if (/wrong version number|packet length too long/.test(error.message)) return 'http: server gave HTTP response to HTTPS client';
  const known = alerts[code];
  if (known !== undefined) return known;
  if (untrusted.has(code)) return `tls: failed to verify certificate: x509: ${await distrust(place)}`;
  const address = `${bracketed(String(told('address') ?? place.host))}:${String(told('port') ?? place.port)}`;
  switch (code) {
    case 'ECONNREFUSED':
      return `dial tcp ${address}: connect: connection refused`;
    case 'EHOSTUNREACH':
      return `dial tcp ${address}: connect: no route to host`;
    case 'ENETUNREACH':
      return `dial tcp ${address}: connect: network is unreachable`;
    case 'ETIMEDOUT':
      return `dial tcp ${address}: connect: connection timed out`;
    case 'ENOTFOUND':
      return `dial tcp: lookup ${place.host}: no such host`;
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${place.host}: server misbehaving`;
    case 'ECONNRESET':
      if (error.message !== 'read ECONNRESET') return 'EOF';
      return `read tcp ${ends(socket)}: read: connection reset by peer`;
    case 'EPIPE':
      return `write tcp ${ends(socket)}: write: broken pipe`;
    default:
      return error.message;
  }
}

function ends(socket: TLSSocket | undefined): string {
  const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket ?? {};
  return `${bracketed(localAddress)}:${localPort}->${bracketed(remoteAddress)}:${remotePort}`;
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

const patience = 5_000;

/** Why a server's certificate is not trusted. */
function distrust(place: Place): Promise<string> {
  const unknown = 'certificate signed by unknown authority';
  return new Promise((resolve) => {
    const servername = isIP(place.name) === 0 ? place.name : '';
    const socket = connect({ host: place.host, port: place.port, servername, rejectUnauthorized: false });
    const end = (text: string) => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(patience, () => end(unknown));
    socket.on('error', () => end(unknown));
    socket.on('secureConnect', () => {
      const peer = socket.getPeerX509Certificate();
      end(peer === undefined ? unknown : (expired(peer) ?? misnamed(peer, place.name) ?? `${unknown}${hint(peer, place.ca)}`));
    });
  });
}

function expired(peer: X509Certificate): string | undefined {
  const now = Date.now();
  const what = 'certificate has expired or is not yet valid: current time';
  const [from, to] = [Date.parse(peer.validFrom), Date.parse(peer.validTo)];
  if (now < from) return `${what} ${rfc3339(now)} is before ${rfc3339(from)}`;
  return now > to ? `${what} ${rfc3339(now)} is after ${rfc3339(to)}` : undefined;
}

/** What is wrong with the names of a certificate; undefined where it is for the host. */
function misnamed(peer: X509Certificate, name: string): string | undefined {
  if (checkServerIdentity(name, peer.toLegacyObject()) === undefined) return undefined;
  const all = (peer.subjectAltName ?? '').split(', ').filter((each) => each !== '');
  const named = (prefix: string) => all.filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length));
  if (isIP(name) !== 0) {
    const addresses = named('IP Address:');
    if (addresses.length === 0) return `cannot validate certificate for ${name} because it doesn't contain any IP SANs`;
    return `certificate is valid for ${addresses.join(', ')}, not ${name}`;
  }
  if (peer.subjectAltName === undefined && /^CN=[a-zA-Z0-9._-]+$/m.test(peer.subject))
    return 'certificate relies on legacy Common Name field, use SANs instead';
  const names = named('DNS:');
  if (names.length === 0) return `certificate is not valid for any names, but wanted to match ${name}`;
  return `certificate is valid for ${names.join(', ')}, not ${name}`;
}

/** An authority of the right name and the wrong key is named. */
function hint(peer: X509Certificate, ca: string | undefined): string {
  for (const pem of (ca ?? '').match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []) {
    const authority = parsed(pem);
    if (authority === undefined || authority.subject !== peer.issuer || peer.verify(authority.publicKey)) continue;
    const why = authority.publicKey.asymmetricKeyType === 'rsa' ? 'crypto/rsa: verification error' : 'x509: ECDSA verification failure';
    const name = /^CN=(.*)$/m.exec(authority.subject)?.[1] ?? authority.serialNumber;
    return ` (possibly because of "${why}" while trying to verify candidate authority certificate "${name}")`;
  }
  return '';
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
