// Who asks: a client certificate of the authority, else a bearer token, else nobody; then whoever the Impersonate headers name, where the
// caller may (kube-apiserver 1.36, authenticators in this order, impersonation after them).

import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Identity, Impersonation } from '../../identity/impersonation.ts';
import type { RequestAttributes } from '../../identity/rules.ts';
import type { Refusal } from '../../request/answer.ts';
import { acting as actingAs } from '../../request/arrival.ts';
import type { State } from '../../request/store/state.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { issuer, type TokenIssuer } from './service-account-tokens.ts';

const nobody: Identity = { name: 'system:anonymous', groups: ['system:unauthenticated'], uid: '', extra: {} };
const signedIn = 'system:authenticated';
const users = new WeakMap<TLSSocket, Certified>();
/** By the fingerprint of a certificate that was found good: reading one costs as much as a handshake, and many connections show the same. */
const known = new Map<string, Certified>();
const mostKnown = 1_000;

/** `foreign`: a certificate was shown, of somebody else's authority. */
type Certified = Identity | 'foreign' | undefined;

export const unauthorized: Refusal = { code: 401, reason: 'Unauthorized', message: 'Unauthorized' };

/** The caller; undefined where it shows a credential that is none. */
export function authenticate(
  socket: TLSSocket,
  headers: IncomingHttpHeaders,
  tokens: TokenIssuer,
  state: State,
  now: number,
): Identity | undefined {
  const certified = fromCertificate(socket);
  if (certified !== undefined && certified !== 'foreign') return certified;
  const [scheme = '', token = ''] = (headers.authorization ?? '').trim().split(/ +/);
  if (scheme.toLowerCase() !== 'bearer' || token === '') return certified === 'foreign' ? undefined : nobody;
  const found = tokens.verify(token, [issuer], state, now);
  return 'user' in found ? found.user : undefined;
}

function fromCertificate(socket: TLSSocket): Certified {
  if (users.has(socket)) return users.get(socket);
  const shown = socket.getPeerX509Certificate();
  const id = shown === undefined || !socket.authorized ? undefined : shown.fingerprint256;
  const found = id === undefined ? undefined : known.get(id);
  const user = found ?? readCertificate(socket);
  users.set(socket, user);
  if (id !== undefined && found === undefined) {
    if (known.size >= mostKnown) known.clear();
    known.set(id, user);
  }
  return user;
}

function readCertificate(socket: TLSSocket): Certified {
  let user: Certified;
  const { subject, raw } = socket.getPeerCertificate() ?? {};
  if (!socket.authorized) user = raw === undefined ? undefined : 'foreign';
  else {
    const one = (value: string | string[] | undefined): readonly string[] =>
      value === undefined ? [] : typeof value === 'string' ? [value] : value;
    const [name = ''] = one(subject?.CN);
    const digest = createHash('sha256').update(raw).digest('hex');
    const extra = { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${digest}`] };
    if (name !== '') user = { name, groups: [...one(subject?.O), signedIn], uid: '', extra };
  }
  return user;
}

/** The Impersonate headers out of `[name, value, name, value…]` as they were sent; the user is empty where there are none. */
export function impersonation(rawHeaders: readonly string[]): Impersonation {
  const sent = new Map<string, string[]>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    if (!name.startsWith('impersonate-')) continue;
    const values = sent.get(name) ?? [];
    values.push(rawHeaders[index + 1] ?? '');
    sent.set(name, values);
  }
  const extra = new Map<string, readonly string[]>();
  for (const [name, values] of sent)
    if (name.startsWith(extraPrefix)) {
      const key = decoded(name.slice(extraPrefix.length));
      extra.set(key, [...(extra.get(key) ?? []), ...values]);
    }
  return {
    user: sent.get('impersonate-user')?.[0] ?? '',
    uid: sent.get('impersonate-uid')?.[0] ?? '',
    groups: sent.get('impersonate-group') ?? [],
    extra: Object.fromEntries(extra),
  };
}

const extraPrefix = 'impersonate-extra-';

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Who the request is made as, or why not. */
export function acting(
  snapshot: Snapshot,
  caller: Identity,
  rawHeaders: readonly string[],
  wanted: RequestAttributes,
): { readonly user: Identity } | { readonly refusal: Refusal } {
  const named = impersonation(rawHeaders);
  const asksNothing = named.user === '' && named.uid === '' && named.groups.length === 0 && Object.keys(named.extra).length === 0;
  return asksNothing ? { user: caller } : actingAs(snapshot, caller, named, wanted, true);
}
