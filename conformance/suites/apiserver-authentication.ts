// Who a real API server takes a caller for, by every kind of credential, and what its webhooks for authorization decide. A case describes a
// credential; it is made here out of that description, and the keys are names: a token says in its signature who signed it.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { type AuthenticationSetup, authenticate, tokenReview } from '../../src/identity/authentication/authenticate.ts';
import { anyUsage, type Certificate, clientAuth } from '../../src/identity/authentication/certificate.ts';
import { readAuthenticationConfiguration } from '../../src/identity/authentication/configuration.ts';
import type { Credential, Directory, Found, FoundSecret, Verifier } from '../../src/identity/authentication/credential.ts';
import { readStaticTokens, type StaticToken } from '../../src/identity/authentication/static-token.ts';
import { type AskWebhook, decide, type WebhookAnswer } from '../../src/identity/authorization/chain.ts';
import { type AuthorizerEntry, readAuthorizationConfiguration } from '../../src/identity/authorization/configuration.ts';
import { forbiddenMessage } from '../../src/identity/forbidden.ts';
import { grantsTo } from '../../src/identity/grants.ts';
import { type Identity, type ImpersonationMode, impersonate } from '../../src/identity/impersonation.ts';
import { readImpersonation } from '../../src/identity/impersonation-headers.ts';
import { requestInfo } from '../../src/identity/request-info.ts';
import type { RequestAttributes } from '../../src/identity/rules.ts';
import { reviewStatus } from '../../src/identity/subject-access-review.ts';
import { parseSelector } from '../../src/kube/selector.ts';
import { asList, asObject, asString, dig, field, type Json, type JsonObject, sameJson, stringMap, strings } from '../../src/lib/json.ts';
import { assumedFacts, resource, type Snapshot, snapshot } from '../../src/snapshot/snapshot.ts';
import { json, type Suite } from '../suite.ts';

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly credential: JsonObject;
  readonly request?: { readonly method: string; readonly path: string };
  readonly impersonate?: JsonObject;
  readonly audiences?: Json;
  readonly review?: Json;
  readonly user?: Json;
  readonly asked?: Json;
  readonly response: JsonObject;
}

export const apiserverAuthentication: Suite = {
  name: 'apiserver-authentication',
  async *run(folder, note) {
    const counts = new Map<string, [passed: number, total: number]>();
    const cases: Case[] = [];
    const lines = createInterface({ input: createReadStream(join(folder, 'cases.jsonl.gz')).pipe(createGunzip()) });
    for await (const line of lines) if (line.trim() !== '') cases.push(JSON.parse(line) as Case);
    const server = serverOf(folder, cases);
    for (const one of cases) {
      const judge = Object.hasOwn(judges, one.kind) ? judges[one.kind] : authenticated;
      const detail = judge === undefined ? `kind ${one.kind} is not judged` : judge(one, server);
      const [passed, total] = counts.get(one.kind) ?? [0, 0];
      counts.set(one.kind, [passed + (detail === undefined ? 1 : 0), total + 1]);
      yield { id: one.id, passed: detail === undefined, ...(detail === undefined ? {} : { detail }) };
    }
    note([...counts].map(([kind, [passed, total]]) => `${kind} ${passed}/${total}`).join(', '));
  },
};

interface Server {
  readonly setup: AuthenticationSetup;
  readonly chain: readonly AuthorizerEntry[];
  readonly state: Snapshot;
  readonly tokens: readonly StaticToken[];
}

const now = Date.parse('2026-01-01T00:00:00Z');
const self = { method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews' };
const issuer = 'https://kubernetes.default.svc';

function serverOf(folder: string, cases: readonly Case[]): Server {
  const configuration = readAuthenticationConfiguration(json(folder, 'authentication-config.json'), 'authentication-config.json', 36);
  const rows = cases.map(({ credential }) => field(credential, 'row')).filter((row) => row !== undefined);
  const grouped = { user: 'grouped', uid: '8', groups: 'g1,g2' };
  const file = [...rows, grouped].map((row) => {
    const text = (key: string) => asString(field(row, key)) ?? '';
    return `${staticToken(text('user'))},${text('user')},${text('uid')}${text('groups') === '' ? '' : `,"${text('groups')}"`}`;
  });
  const { tokens } = readStaticTokens([...new Set(file)].join('\n'), 'tokens.csv');
  const setup: AuthenticationSetup = {
    minor: 36,
    clientCertificates: true,
    frontProxy: {
      allowedNames: ['front'],
      usernameHeaders: ['X-Remote-User'],
      uidHeaders: ['X-Remote-Uid'],
      groupHeaders: ['X-Remote-Group'],
      extraHeaderPrefixes: ['X-Remote-Extra-'],
    },
    staticTokens: tokens,
    serviceAccounts: { issuers: [issuer], audiences: [issuer] },
    bootstrapTokens: true,
    jwt: configuration.jwt,
    anonymous: configuration.anonymous ?? { enabled: true, paths: [] },
  };
  const chain = readAuthorizationConfiguration(json(folder, 'authorization-config.json'), 'authorization-config.json', 36).authorizers;
  return { setup, chain, tokens, state: stateOf(json<JsonObject>(folder, 'impersonation-rules.json')) };
}

const staticToken = (user: string) => `static-${user}`;

const judges: Readonly<Record<string, (one: Case, server: Server) => string | undefined>> = {
  'token-review': (one, { setup }) => {
    const made = presented(one.credential);
    const token = made.token ?? '';
    if (token === '') return same({ code: 400, message: 'token is required for TokenReview in authentication' }, one.response);
    const found = tokenReview(setup, token, strings(one.audiences), now, evidence(made));
    const status = {
      ...(found.authenticated ? { authenticated: true } : {}),
      user: found.user === undefined ? {} : userInfo(found.user),
      ...(found.audiences.length === 0 ? {} : { audiences: found.audiences }),
      ...(found.error === '' ? {} : { error: found.error }),
    };
    return same({ code: 201, status }, one.response);
  },
  webhook: (one, { state, chain }) => {
    const asked: Json[] = [];
    const { allowed, denied, reason, evaluationError } = reviewStatus(state, one.review, { kind: 'SubjectAccessReview' }, (question) =>
      decide(state, chain, question, { ask: asker(asked, asString(one.response.reason)) }),
    );
    const { evaluationError: expectedError, ...expected } = one.response;
    const found = { code: 201, allowed, ...(denied ? { denied } : {}), ...(reason === '' ? {} : { reason }) };
    return same({ ...found, asked }, { ...expected, asked: one.asked }) ?? alike(evaluationError, asString(expectedError) ?? '');
  },
  'webhook-request': (one, server) => {
    const asked: Json[] = [];
    const name = asString(field(one.user, 'name')) ?? '';
    const user: Identity = { name, groups: strings(field(one.user, 'groups')), uid: '', extra: {} };
    const answer = answered(server, user, one.request ?? self, asked);
    return same(asked, one.asked) ?? judged(answer, one.response);
  },
};

/** Every kind that asks who a credential is. */
function authenticated(one: Case, server: Server): string | undefined {
  const made = presented(one.credential);
  const asked = one.request ?? self;
  const credential: Credential = {
    headers: { ...made.headers, ...lowered(asObject(one.impersonate)) },
    certificates: made.certificates,
    path: requestInfo(asked.method, asked.path).path,
  };
  const found = authenticate(server.setup, credential, now, evidence(made));
  if (found.kind === 'refused') return judged({ code: 401, status: status(401, 'Unauthorized', 'Unauthorized') }, one.response);
  const wanted = requestInfo(asked.method, asked.path);
  const remembered = modeOf(server.state, found.user);
  const as = impersonate(server.state, found.user, readImpersonation(credential.headers), wanted, true, undefined, remembered);
  if (as.status === 400) return judged({ code: 400, status: status(400, 'BadRequest', as.message) }, one.response);
  if (as.status === 403) return judged({ code: 403, status: forbidden(as.message, as.refused) }, one.response);
  return judged(answered(server, as.user, asked, undefined), one.response);
}

/** The way of impersonation that has let a caller through before: that which its rights are for, as each is used at least once. */
function modeOf(state: Snapshot, user: Identity): ImpersonationMode | 'classic' | undefined {
  const verbs = new Set(grantsTo(state, user).flatMap(({ rules }) => rules.flatMap(({ rule }) => rule.verbs)));
  if (verbs.has('impersonate')) return 'classic';
  const modes = ['associated-node', 'arbitrary-node', 'serviceaccount', 'user-info'] as const;
  return modes.find((mode) => verbs.has(`impersonate:${mode}`));
}

interface Answer {
  readonly code: number;
  readonly status?: JsonObject;
  readonly user?: JsonObject;
}

/** What a request that got so far is answered. `asked` undefined: a server without webhooks. */
function answered(
  { state, chain }: Server,
  user: Identity,
  { method, path }: { method: string; path: string },
  asked: Json[] | undefined,
): Answer {
  const info = requestInfo(method, path);
  const { isResourceRequest, apiVersion } = info;
  const labels = parseSelector(info.labelSelectorText);
  const question = { user, wanted: info, isResourceRequest, apiVersion, labelSelector: labels.ok ? labels.value : [] };
  const entries = asked === undefined ? chain.filter(({ kind }) => kind !== 'Webhook') : chain;
  const { decision, reason, error } = decide(state, entries, question, asked === undefined ? {} : { ask: asker(asked) });
  if (decision !== 'allow')
    return error === '' ? { code: 403, status: forbidden(forbiddenMessage(user, info, reason), info) } : { code: 500 };
  if (info.resource === 'selfsubjectreviews') return { code: 201, user: userInfo(user) };
  if (!isResourceRequest) return { code: servedPaths.some((one) => one === info.path) ? 200 : 404 };
  if (info.name === '' || info.verb === 'create') return { code: info.verb === 'create' ? 201 : 200 };
  const message = `${info.resource} ${JSON.stringify(info.name)} not found`;
  return { code: 404, status: { ...status(404, 'NotFound', message), details: { name: info.name, kind: info.resource } } };
}

const servedPaths = ['/livez', '/readyz', '/healthz', '/version', '/api', '/apis', '/metrics', '/openapi/v2', '/openapi/v3'];

function forbidden(message: string, { name, apiGroup, resource: kind }: RequestAttributes): JsonObject {
  const details = { ...(name === '' ? {} : { name }), ...(apiGroup === '' ? {} : { group: apiGroup }), ...(kind === '' ? {} : { kind }) };
  return { ...status(403, 'Forbidden', message), details };
}

function status(code: number, reason: string, message: string): JsonObject {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code };
}

function userInfo({ name, uid, groups, extra }: Identity): JsonObject {
  return {
    username: name,
    ...(uid === '' ? {} : { uid }),
    groups,
    ...(Object.keys(extra).length === 0 ? {} : { extra: { ...extra } }),
  };
}

/** Code, user and status; the rest of an answer is not judged. */
function judged(found: Answer, expected: JsonObject): string | undefined {
  const parts = ['code', 'user', 'status'] as const;
  return same(pick(found, parts), pick(expected, parts));
}

function pick(value: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)));
}

/** The webhooks of the recording answer by the user's name. `said`: the reason in the answer, which of some webhooks is known from it alone. */
function asker(asked: Json[], said = ''): AskWebhook {
  return (webhook, spec) => {
    asked.push({ webhook, spec });
    return answerOf(asString(field(spec, 'user')) ?? '', webhook, said);
  };
}

function answerOf(user: string, webhook: string, said: string): WebhookAnswer {
  const has = (word: string) => user.includes(word);
  if (has('fail500')) return { error: 'an error on the server ("unknown") has prevented the request from succeeding' };
  if (has('garbage')) return { error: "couldn't get version/kind; json parse error: json: cannot unmarshal string" };
  if (has('slow')) return { error: `Post "https://webhook.internal/authorize/${webhook}?timeout=2s": <timeout>` };
  if (has('contradict')) return { allowed: true, denied: true, reason: said };
  if (has('evaluation')) return { allowed: false, denied: false, reason: said.startsWith('RBAC:') ? '' : said };
  if (has('allow')) return { allowed: true, denied: false, reason: 'webhook says yes' };
  if (has('deny')) return { allowed: false, denied: true, reason: 'webhook says no' };
  return { allowed: false, denied: false, reason: 'no idea' };
}

/** A credential, made out of its description. */
interface Presented {
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly certificates: readonly Certificate[];
  readonly token: string | undefined;
  /** The Secret of a bootstrap token. */
  readonly secret?: JsonObject;
}

function presented(credential: JsonObject): Presented {
  const note = asString(credential.note) ?? '';
  const nothing: Presented = { headers: {}, certificates: [], token: undefined };
  const bearer = (token: string): Presented => ({ ...nothing, headers: { authorization: [`Bearer ${token}`] }, token });
  const type = asString(credential.type) ?? '';
  if (/^jwt-[a-z]$/.test(type)) return bearer(jwt(type.slice(4), plainClaims[type.slice(4)] ?? {}, 'RS256', note));
  switch (type) {
    case 'header': {
      const value = (asString(credential.value) ?? '').replace(
        /<a JWT of an unknown issuer>/,
        token('unknown', { iss: 'https://unknown.example' }),
      );
      return { ...nothing, headers: { authorization: [value] } };
    }
    case 'static':
      if (note.includes('access_token')) return nothing;
      return bearer(note.includes('unknown') ? 'static-unknown-token' : staticToken(asString(dig(credential, 'row', 'user')) ?? 'grouped'));
    case 'bootstrap': {
      const secret = asObject(credential.secret);
      const id = (asString(secret.name) ?? '').replace(/^bootstrap-token-/, '');
      return { ...bearer(`${id}.${note.includes('another secret') ? 'b' : 'a'}${'0'.repeat(15)}`), secret };
    }
    case 'jwt':
      return bearer(jwt(asString(credential.issuer) ?? '', asObject(credential.claims), asString(credential.alg) ?? 'RS256', note));
    case 'service-account':
      return bearer(token(note.includes('unknown key') ? 'stranger' : 'service-account', timed(asObject(credential.claims))));
    case 'certificate': {
      const with_ = /with the static token of (\S+)/.exec(note)?.[1];
      const other = note.includes('invalid bearer') ? 'garbage' : with_ === undefined ? undefined : staticToken(with_);
      return { ...(other === undefined ? nothing : bearer(other)), certificates: [certificate(credential)] };
    }
    case 'front-proxy': {
      const [, name, authority = ''] = /^CN=(\S+) of the (.*)$/.exec(asString(credential.certificate) ?? '') ?? [];
      const own = authority.includes('front-proxy') ? 'front-proxy' : authority.includes('client') ? 'client' : 'another';
      const certificates = name === undefined ? [] : [{ ...blank, commonName: name, issuer: own }];
      return { ...nothing, headers: lowered(asObject(credential.headers)), certificates };
    }
    case 'garbage':
      return bearer('garbage');
    default:
      return nothing;
  }
}

const plain = { aud: 'kube', iat: '<now>', exp: '<now+3600>' };
const plainClaims: Readonly<Record<string, JsonObject>> = {
  a: { iss: 'https://issuer-a.example', ...plain, sub: 'jane', hd: 'example.com', tenant: 't1', uid: 'u-1' },
  b: { iss: 'https://issuer-b.example', ...plain, user: { name: 'bea' }, role: 'dev', roles: ['k8s-dev', 'mail', 'k8s-ops'], number: 7 },
  c: { iss: 'https://issuer-c.example', ...plain, email: 'cleo@example.com' },
};

/** A token whose signature says who signed it, or that it fits nobody. */
function jwt(name: string, claims: JsonObject, algorithm: string, note: string): string {
  const other = /key of issuer (\S+)/.exec(note)?.[1];
  const stranger = /unknown k|another key|other key|tampered|changed|wrong signature/.test(note);
  const signer = stranger ? 'stranger' : `https://issuer-${other ?? name}.example`;
  return token(signer, timed(claims), /\balg (\S+)/.exec(note)?.[1] ?? algorithm);
}

function token(signer: string, claims: JsonObject, alg = 'RS256'): string {
  const part = (value: string) => Buffer.from(value).toString('base64url');
  return [JSON.stringify({ alg, kid: 'k1' }), JSON.stringify(claims), signer].map(part).join('.');
}

/** Times are given relative to now. */
function timed(claims: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(claims).replace(/"<now([+-]\d+)?>"/g, (_, offset: string | undefined) => String(now / 1000 + Number(offset ?? 0))),
  ) as JsonObject;
}

const blank: Certificate = {
  commonName: '',
  organizations: [],
  uids: [],
  notBefore: now - 1000,
  notAfter: now + 1000,
  usages: [clientAuth],
  issuer: 'client',
  bytes: new Uint8Array(),
};

function certificate(credential: JsonObject): Certificate {
  const names = [...(asString(credential.subject) ?? '').matchAll(/\/([A-Za-z0-9.]+)=((?:\\.|[^/\\]|\/(?![A-Za-z0-9.]+=))*)/g)];
  const of = (...types: readonly string[]) =>
    names.filter(([, type = '']) => types.includes(type)).map(([, , value = '']) => value.replace(/\\(.)/g, '$1'));
  const extensions = asString(credential.extensions) ?? '';
  const usages = [...extensions.matchAll(/\b(clientAuth|serverAuth|codeSigning|emailProtection|anyExtendedKeyUsage)\b/g)].map(([word]) =>
    word === 'clientAuth' ? clientAuth : word === 'anyExtendedKeyUsage' ? anyUsage : word,
  );
  const note = Object.values(credential)
    .filter((value) => typeof value === 'string')
    .join(' ');
  return {
    ...blank,
    commonName: of('CN').at(-1) ?? '',
    organizations: of('O'),
    uids: of('1.3.6.1.4.1.57683.2'),
    issuer: (asString(credential.authority) ?? 'client-ca') === 'client-ca' ? 'client' : 'another',
    usages: usages.length === 0 ? undefined : usages,
    ...(/expired/.test(note) || Number(credential.days ?? 1) < 0 ? { notAfter: now - 1 } : {}),
    ...(/not yet/.test(note) ? { notBefore: now + 500 } : {}),
  };
}

function lowered(headers: JsonObject): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? strings(value) : [asString(value) ?? '']]),
  );
}

function evidence(made: Presented): { readonly verifier: Verifier; readonly directory: Directory } {
  return { verifier, directory: directory(made) };
}

const verifier: Verifier = {
  certificate: ([own], authority) => own?.issuer === authority,
  token: ({ text }, by) => Buffer.from(text.split('.')[2] ?? '', 'base64url').toString() === by,
  fingerprint: () => '<sha256>',
  distributedClaim: () => null,
};

const uid = '<uid>';
const legacy = token('service-account', {
  iss: 'kubernetes/serviceaccount',
  sub: 'system:serviceaccount:default:robot',
  'kubernetes.io/serviceaccount/namespace': 'default',
  'kubernetes.io/serviceaccount/secret.name': 'legacy',
  'kubernetes.io/serviceaccount/service-account.name': 'robot',
  'kubernetes.io/serviceaccount/service-account.uid': uid,
});

/** What the recorded cluster holds. */
function directory({ secret }: Presented): Directory {
  const one = { uid, deleted: undefined };
  const there = (holds: boolean): Found<typeof one> => (holds ? one : 'absent');
  return {
    serviceAccount: (namespace, name) => there((namespace === 'default' && name === 'robot') || name === 'default'),
    pod: (namespace, name) => there(namespace === 'default' && name === 'pod-a'),
    node: (name) => there(name === 'node-1'),
    secret: (namespace, name): Found<FoundSecret> => {
      const found = { ...one, labels: {} };
      if (namespace === 'kube-system' && name === secret?.name) {
        const data = stringMap(secret.data);
        return { ...found, type: asString(secret.type) ?? '', data: { ...data, 'token-secret': `a${'0'.repeat(15)}` } };
      }
      if (namespace !== 'default') return 'absent';
      if (name === 'bound') return { ...found, type: 'Opaque', data: {} };
      return name === 'legacy' ? { ...found, type: 'kubernetes.io/service-account-token', data: { token: legacy } } : 'absent';
    },
  };
}

/** The part of the bootstrap policy these cases meet, and the roles of the recording. */
function stateOf(rules: JsonObject): Snapshot {
  const group = 'rbac.authorization.k8s.io';
  const make = (kind: string, name: string, rest: JsonObject) => ({ apiVersion: `${group}/v1`, kind, metadata: { name }, ...rest });
  const granted = (name: string, list: readonly Json[], subjects: readonly (readonly [string, string])[], role = name) => [
    make('ClusterRole', role, { rules: list }),
    make('ClusterRoleBinding', name, {
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: role },
      subjects: subjects.map(([kind, subject]) => ({ apiGroup: group, kind, name: subject })),
    }),
  ];
  const authenticatedGroup = ['Group', 'system:authenticated'] as const;
  const urls = (...paths: readonly string[]) => ({ nonResourceURLs: paths, verbs: ['get'] });
  const info = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
  const selfReviews = ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'];
  const objects = [
    ...granted(
      'system:discovery',
      [urls('/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz', '/version', '/version/')],
      [authenticatedGroup],
    ),
    ...granted('system:public-info-viewer', [urls(...info)], [authenticatedGroup, ['Group', 'system:unauthenticated']]),
    ...granted(
      'system:basic-user',
      [
        { apiGroups: ['authorization.k8s.io'], resources: selfReviews, verbs: ['create'] },
        { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
      ],
      [authenticatedGroup],
    ),
    ...granted(
      'viewers',
      [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
      [['Group', 'viewers']],
      'pod-viewer',
    ),
    ...Object.entries(rules).flatMap(([user, list]) => granted(`impersonation-${user}`, asList(list), [['User', user]])),
  ];
  return snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })), facts: assumedFacts('1.36') });
}

/** Texts that quote what failed need only begin alike. */
function alike(found: string, expected: string): string | undefined {
  const length = Math.min(found.length, expected.length, 40);
  return (found === '') === (expected === '') && found.slice(0, length) === expected.slice(0, length)
    ? undefined
    : `evaluationError ${found}, not ${expected}`;
}

function same(found: unknown, expected: unknown): string | undefined {
  return sameJson(found, expected) ? undefined : `${JSON.stringify(found)}, not ${JSON.stringify(expected)}`;
}
