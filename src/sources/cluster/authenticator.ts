// Credentials for the next request. Files are read anew each time, because they are rotated under a running program; an exec plugin runs
// when there is no credential yet, when the one it gave has expired, and once more after the API server refused it.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { asNumber, field } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { rfc3339 } from '../../lib/rfc3339.ts';
import type { Authentication, ClientCertificate } from './authentication.ts';
import { type PluginCredentials, type PluginOptions, runPlugin } from './exec-plugin.ts';

export interface Credentials {
  /** Value of the Authorization header. */
  readonly authorization: string | undefined;
  /** PEM. */
  readonly certificate: { readonly certificate: string; readonly key: string } | undefined;
}

export interface Authenticator {
  readonly current: () => Promise<Result<Credentials>>;
  /** Told that the API server refused these credentials; true where asking again may give better ones. */
  readonly refused: (shown: Credentials) => boolean;
  /** What was shown to the API server, and whether it has expired, in words without secrets. */
  readonly describe: () => Promise<string>;
}

/** Makes the credentials of one user. `now` gives milliseconds since the epoch. */
export function authenticator(method: Authentication, options: PluginOptions, now: () => number): Authenticator {
  let running: Promise<Result<PluginCredentials>> | undefined;
  let held: PluginCredentials | undefined;
  const fromPlugin = async (): Promise<Result<PluginCredentials>> => {
    if (method.kind !== 'exec') return ok({ token: undefined, certificate: undefined, expires: undefined });
    if (held !== undefined && (held.expires === undefined || held.expires > now())) return ok(held);
    running ??= runPlugin(method.plugin, options);
    const mine = running;
    const answer = await mine;
    if (running === mine) running = undefined;
    if (answer.ok) held = answer.value;
    return answer;
  };
  const current = async (): Promise<Result<Credentials>> => {
    const certificate = readCertificate(method.certificate);
    if (!certificate.ok) return certificate;
    const plugin = await fromPlugin();
    if (!plugin.ok) return plugin;
    const token = method.kind === 'token' ? readToken(method.value, method.file) : ok(plugin.value.token);
    if (!token.ok) return token;
    const basic = method.kind === 'basic' ? `Basic ${Buffer.from(`${method.username}:${method.password}`).toString('base64')}` : undefined;
    return ok({
      authorization: token.value === undefined ? basic : `Bearer ${token.value}`,
      certificate: plugin.value.certificate ?? certificate.value,
    });
  };
  return {
    current,
    refused: (shown) => {
      const same =
        shown.authorization === `Bearer ${held?.token}` || (held?.token === undefined && shown.certificate === held?.certificate);
      if (same) held = undefined;
      return method.kind === 'exec' || (method.kind === 'token' && method.file !== undefined);
    },
    describe: async () => {
      const shown = await current();
      return shown.ok ? describe(method, shown.value, now()) : method.name;
    },
  };
}

/** A token may hold what RFC 6750 allows and nothing a header could be split with. */
const tokenText = /^[\x21-\x7e]+$/;

function readToken(value: string | undefined, file: string | undefined): Result<string | undefined> {
  let token = value?.trim();
  if (file !== undefined) {
    try {
      token = readFileSync(file, 'utf8').trim() || token;
    } catch {
      if (token === undefined) return invalid(`${file}: the token file cannot be read`);
    }
  }
  if (token === undefined || token === '') return invalid(`${file ?? 'the kubeconfig'}: the token is empty`);
  return tokenText.test(token) ? ok(token) : invalid(`${file ?? 'the kubeconfig'}: the token has characters that no token has`);
}

function readCertificate(certificate: ClientCertificate | undefined): Result<Credentials['certificate']> {
  if (certificate === undefined) return ok(undefined);
  if (certificate.kind === 'data') return ok({ certificate: certificate.certificate, key: certificate.key });
  try {
    return ok({ certificate: readFileSync(certificate.certificate, 'utf8'), key: readFileSync(certificate.key, 'utf8') });
  } catch {
    return invalid(`${certificate.certificate}: the client certificate or its key cannot be read`);
  }
}

function describe(method: Authentication, shown: Credentials, now: number): string {
  const named = method.name === '' ? '' : ` of user "${method.name}"`;
  if (shown.authorization?.startsWith('Bearer ') === true) {
    const expiry = tokenExpiry(shown.authorization.slice('Bearer '.length));
    return `the token${named}${expired(expiry, now)}`;
  }
  if (shown.authorization !== undefined) return `the password${named}`;
  if (shown.certificate === undefined) return `no credentials${named}`;
  return `the client certificate${named}${expired(certificateExpiry(shown.certificate.certificate), now)}`;
}

function expired(expiry: number | undefined, now: number): string {
  if (expiry === undefined || expiry > now) return '';
  return `, which expired at ${rfc3339(expiry)},`;
}

/** The `exp` of a token that is a JWT. It is only read to tell a person, never trusted. */
function tokenExpiry(token: string): number | undefined {
  const [, claims] = token.split('.');
  try {
    const seconds = asNumber(field(JSON.parse(Buffer.from(claims ?? '', 'base64url').toString('utf8')), 'exp'));
    return seconds === undefined || seconds > 8e12 ? undefined : seconds * 1000;
  } catch {
    return undefined;
  }
}

function certificateExpiry(pem: string): number | undefined {
  try {
    return new X509Certificate(pem).validToDate.getTime();
  } catch {
    return undefined;
  }
}

function invalid(message: string): { readonly ok: false; readonly problem: Problem } {
  return failure(problem('kubeconfig/invalid', message));
}
