// Who a caller is: the authenticators of kube-apiserver 1.36 in its order (pkg/kubeapiserver/authenticator) — front proxy, client
// certificate, then the bearer token as a static, legacy and bound service account, bootstrap and outside issuers' token — and anonymous where
// nothing was presented. A credential that is wrong is refused; it does not make its bearer anonymous.
// Left out: the token webhook, and the loopback token of the server itself, of which only the words of its refusal remain.

import type { Identity } from '../impersonation.ts';
import { bootstrapTokenUser } from './bootstrap-token.ts';
import { clientCertificate, type FrontProxy, frontProxyUser } from './client-certificate.ts';
import { type Credential, type Directory, header, headersNamed, noDirectory, noVerifier, type Verifier } from './credential.ts';
import { base64UrlBytes } from './jwt.ts';
import { type JwtAuthenticator, jwtUser } from './jwt-authenticator.ts';
import { type Accepted, type AuthenticatorName, errorText, identity, type Outcome, refused, union } from './outcome.ts';
import { boundToken, legacyToken, type ServiceAccountTokens } from './service-account-token.ts';
import { type StaticToken, staticTokenUser } from './static-token.ts';

/** How an API server is set up to tell callers. Undefined parts are not configured. */
export interface AuthenticationSetup {
  /** The minor version of Kubernetes 1. */
  readonly minor: number;
  /** `--client-ca-file` is given. */
  readonly clientCertificates: boolean;
  readonly frontProxy: FrontProxy | undefined;
  readonly staticTokens: readonly StaticToken[];
  readonly serviceAccounts: ServiceAccountTokens | undefined;
  /** `--enable-bootstrap-token-auth`. */
  readonly bootstrapTokens: boolean;
  readonly jwt: readonly JwtAuthenticator[];
  /** `paths` empty: anonymous callers are let in for all. */
  readonly anonymous: { readonly enabled: boolean; readonly paths: readonly string[] };
}

/** What kube-apiserver does with no flags but those every cluster has. */
export const usualSetup: AuthenticationSetup = {
  minor: 36,
  clientCertificates: true,
  frontProxy: undefined,
  staticTokens: [],
  serviceAccounts: {
    issuers: ['https://kubernetes.default.svc', 'https://kubernetes.default.svc.cluster.local'],
    audiences: ['https://kubernetes.default.svc', 'https://kubernetes.default.svc.cluster.local'],
  },
  bootstrapTokens: true,
  jwt: [],
  anonymous: { enabled: true, paths: [] },
};

export interface Evidence {
  readonly verifier?: Verifier;
  readonly directory?: Directory;
}

export type Authentication =
  | {
      readonly kind: 'authenticated';
      readonly user: Identity;
      readonly authenticator: AuthenticatorName;
      readonly audiences: readonly string[];
      /** What was taken to hold since nothing given here can check it. Empty: the answer is the server's. */
      readonly assumptions: readonly string[];
    }
  /** Status 401. Why is said in the server's log only. */
  | { readonly kind: 'refused'; readonly errors: readonly string[] };

/** Who the caller is. `now`: milliseconds since 1970. */
export function authenticate(setup: AuthenticationSetup, credential: Credential, now: number, evidence: Evidence = {}): Authentication {
  const outcome = union(requestAuthenticators(setup, credential, now, evidence, undefined));
  if (outcome?.kind === 'accepted') return named(outcome);
  if (outcome !== undefined) return { kind: 'refused', errors: outcome.errors };
  const { enabled, paths } = setup.anonymous;
  if (!enabled || (paths.length > 0 && !paths.includes(credential.path))) return { kind: 'refused', errors: [] };
  const user = identity('system:anonymous', ['system:unauthenticated']);
  return { kind: 'authenticated', user, authenticator: 'anonymous', audiences: [], assumptions: [] };
}

/** Every caller but the anonymous is in system:authenticated. */
function named({ user, authenticator, audiences, assumptions }: Accepted): Authentication {
  const known = ['system:authenticated', 'system:unauthenticated'].some((group) => user.groups.includes(group));
  const groups = known || user.name === 'system:anonymous' ? user.groups : [...user.groups, 'system:authenticated'];
  return { kind: 'authenticated', user: { ...user, groups }, authenticator, audiences, assumptions };
}

function requestAuthenticators(
  setup: AuthenticationSetup,
  credential: Credential,
  now: number,
  { verifier = noVerifier, directory = noDirectory }: Evidence,
  audiences: readonly string[] | undefined,
): readonly (() => Outcome)[] {
  const { frontProxy, clientCertificates, minor } = setup;
  const bearer = (token: string | undefined) => (): Outcome => {
    if (token === undefined) return undefined;
    const question = { token, audiences, now, verifier, directory };
    const found = tokenUser(setup, question);
    if (found?.kind === 'accepted') return found;
    return refused('invalid bearer token', ...(found?.errors ?? []));
  };
  return [
    () => (frontProxy === undefined ? undefined : frontProxyUser(frontProxy, credential, verifier, now)),
    () => (clientCertificates ? clientCertificate(credential, verifier, now, minor) : undefined),
    bearer(bearerToken(credential)),
    bearer(protocolToken(credential)),
  ];
}

interface Question {
  readonly token: string;
  readonly audiences: readonly string[] | undefined;
  readonly now: number;
  readonly verifier: Verifier;
  readonly directory: Directory;
}

function tokenUser(setup: AuthenticationSetup, question: Question): Outcome {
  const { token, now, verifier, directory } = question;
  const accounts = setup.serviceAccounts;
  return union([
    () => forServer(setup, question, staticTokenUser(setup.staticTokens, token)),
    () => (accounts === undefined ? undefined : legacyToken(accounts, question)),
    () => (accounts === undefined ? undefined : boundToken(accounts, question)),
    () => (setup.bootstrapTokens ? forServer(setup, question, bootstrapTokenUser(token, directory, now)) : undefined),
    () =>
      forServer(
        setup,
        question,
        union(
          setup.jwt.map((one) => () => jwtUser(one, token, verifier, now)),
          true,
        ),
      ),
  ]);
}

/** Authenticators that know no audiences speak for the server's own only. */
function forServer({ serviceAccounts }: AuthenticationSetup, { audiences: asked }: Question, outcome: Outcome): Outcome {
  const own = serviceAccounts?.audiences ?? [];
  if (asked === undefined) return outcome?.kind === 'accepted' ? { ...outcome, audiences: own } : outcome;
  const common = own.filter((audience) => asked.includes(audience));
  if (own.length > 0 && common.length === 0) return undefined;
  return outcome?.kind === 'accepted' ? { ...outcome, audiences: common } : outcome;
}

/** The token of an Authorization header. */
function bearerToken(credential: Credential): string | undefined {
  const [scheme = '', token = ''] = header(credential, 'authorization').trim().split(' ');
  return scheme.toLowerCase() === 'bearer' && token !== '' ? token : undefined;
}

const protocolPrefix = 'base64url.bearer.authorization.k8s.io.';

/** Browsers cannot set headers on a WebSocket: the token may be one of its protocols, beside another. */
function protocolToken(credential: Credential): string | undefined {
  if (header(credential, 'upgrade').toLowerCase() !== 'websocket') return undefined;
  const protocols = headersNamed(credential.headers, 'sec-websocket-protocol').flatMap((value) =>
    value.split(',').map((one) => one.trim()),
  );
  const tokens = protocols.filter((one) => one.startsWith(protocolPrefix));
  const bytes = tokens.length === 1 && protocols.length > 1 ? base64UrlBytes(tokens[0]?.slice(protocolPrefix.length) ?? '') : undefined;
  return bytes === undefined || bytes.length === 0 ? undefined : new TextDecoder().decode(bytes);
}

export interface TokenReviewStatus {
  readonly authenticated: boolean;
  readonly user: Identity | undefined;
  readonly audiences: readonly string[];
  readonly error: string;
}

/** What a TokenReview says. `audiences` empty: those of the server. An empty token is no question: the server answers it with 400. */
export function tokenReview(
  setup: AuthenticationSetup,
  token: string,
  audiences: readonly string[],
  now: number,
  evidence: Evidence = {},
): TokenReviewStatus {
  const asked = audiences.length > 0 ? audiences : setup.serviceAccounts?.audiences;
  const credential = { headers: { authorization: [`Bearer ${token}`] }, certificates: [], path: '' };
  const outcome = union(requestAuthenticators(setup, credential, now, evidence, asked));
  if (outcome?.kind !== 'accepted')
    return { authenticated: false, user: undefined, audiences: [], error: outcome === undefined ? '' : errorText(outcome.errors) };
  const result = named(outcome);
  return result.kind === 'authenticated'
    ? { authenticated: true, user: result.user, audiences: result.audiences, error: '' }
    : { authenticated: false, user: undefined, audiences: [], error: errorText(result.errors) };
}
