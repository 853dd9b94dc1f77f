// Tokens of outside issuers: one issuer of an AuthenticationConfiguration, or the one of `--oidc-*` (k8s.io/apiserver
// plugin/pkg/authenticator/token/oidc, 1.36, over go-oidc 2.5). A token of another issuer is not this one's; of this one, it is taken or refused.
// Left out: fetching keys and distributed claims, which the `Verifier` does or does not; health of the issuer.

import type { Program } from '../../languages/cel/program.ts';
import { isList, type Value } from '../../languages/cel/value.ts';
import { asNumber, asString, field, isObject, type JsonObject } from '../../lib/json.ts';
import type { Identity } from '../impersonation.ts';
import { claimsValue, evaluated, userValue } from './claims.ts';
import type { Verifier } from './credential.ts';
import { type Jwt, readJwt, wrongType } from './jwt.ts';
import { credentialIdKey, identity, type Outcome, refused } from './outcome.ts';
import { audienceOf, quoted } from './service-account-token.ts';

/** From a claim, with a prefix, or by an expression. */
export type Mapping = { readonly claim: string; readonly prefix: string } | { readonly expression: Program };

export interface ValidationRule {
  readonly expression: Program;
  readonly message: string;
}

export interface JwtAuthenticator {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly algorithms: readonly string[];
  readonly username: Mapping;
  readonly groups: Mapping | undefined;
  readonly uid: Mapping | undefined;
  readonly extra: readonly { readonly key: string; readonly expression: Program }[];
  readonly requiredClaims: readonly { readonly claim: string; readonly value: string }[];
  readonly claimRules: readonly ValidationRule[];
  readonly userRules: readonly ValidationRule[];
}

export const allAlgorithms: readonly string[] = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'];

/** An expected refusal inside of one token. */
class Refusal extends Error {}

const refuse = (message: string): never => {
  throw new Refusal(message);
};

export function jwtUser(setup: JwtAuthenticator, text: string, verifier: Verifier, now: number): Outcome {
  const token = readJwt(text);
  if (token === undefined || !isFrom(token, setup.issuer)) return undefined;
  try {
    const assumptions = verify(setup, token, verifier, now);
    const { claims, assumed } = withDistributed(setup, token.claims, verifier);
    const user = mapped(setup, claims);
    return { kind: 'accepted', authenticator: 'JWT', user, audiences: [], assumptions: [...assumptions, ...assumed] };
  } catch (error) {
    if (error instanceof Refusal) return refused(error.message);
    throw error;
  }
}

function isFrom({ claims }: Jwt, issuer: string): boolean {
  const own = field(claims, 'iss');
  return (own === 'accounts.google.com' ? 'https://accounts.google.com' : own) === issuer;
}

function verify({ issuer, audiences, algorithms }: JwtAuthenticator, token: Jwt, verifier: Verifier, now: number): readonly string[] {
  const wrong = (why: string) => refuse(`oidc: verify token: ${why}`);
  const { algorithm, claims } = token;
  if (!algorithms.includes(algorithm))
    wrong(`oidc: id token signed with unsupported algorithm, expected ${quoted(algorithms)} got ${JSON.stringify(algorithm)}`);
  const checked = verifier.token(token, issuer);
  if (checked === false) wrong('failed to verify signature: failed to verify id token signature');
  for (const name of ['iss', 'sub', 'nonce', 'at_hash']) {
    const value = field(claims, name);
    if (value !== undefined && value !== null && typeof value !== 'string')
      wrong(
        `oidc: failed to unmarshal claims: ${wrongType(value, 'string').replace('value of type', `struct field idToken.${name} of type`)}`,
      );
  }
  const aud = field(claims, 'aud');
  if (aud !== undefined && aud !== null && typeof aud !== 'string' && !isTexts(aud))
    wrong(`oidc: failed to unmarshal claims: ${wrongType(aud, '[]string')}`);
  const names = field(claims, '_claim_names') ?? undefined;
  if (names !== undefined && !isObject(names)) wrong(`oidc: failed to unmarshal claims: ${wrongType(names, 'map[string]string')}`);
  for (const source of isObject(names) ? Object.values(names) : []) {
    if (typeof source !== 'string' || source === '') wrong('oidc: failed to obtain source from claim name');
    else if (field(field(claims, '_claim_sources'), source) === undefined) wrong('oidc: source does not exist');
  }
  const [expires, , starts] = ['exp', 'iat', 'nbf'].map((name) => {
    const value = field(claims, name);
    const read = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : asNumber(value);
    if (value !== undefined && value !== null && read === undefined)
      wrong(`oidc: failed to unmarshal claims: ${wrongType(value, 'json.Number')}`);
    return read === undefined ? undefined : Math.trunc(read) * 1000;
  });
  if (expires === undefined || expires < now) wrong('oidc: token is expired');
  if (starts !== undefined && now + 60_000 < starts) wrong('oidc: current time before the nbf (not before) time');
  const named = audienceOf(claims);
  if (!named.some((one) => audiences.includes(one)))
    wrong(`oidc: expected audience in ${quoted([...audiences].sort())} got ${quoted(named)}`);
  return checked === undefined ? [`the token is signed with a key of ${issuer}`] : [];
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Groups that the token leaves to another endpoint. */
function withDistributed(
  { groups }: JwtAuthenticator,
  claims: JsonObject,
  verifier: Verifier,
): { readonly claims: JsonObject; readonly assumed: readonly string[] } {
  const same = { claims, assumed: [] };
  const names = field(claims, '_claim_names');
  if (groups === undefined || 'expression' in groups || Object.hasOwn(claims, groups.claim) || names === undefined) return same;
  const wrong = (why: string) => refuse(`oidc: could not expand distributed claims: ${why}`);
  const sources = field(claims, '_claim_sources');
  if (sources === undefined) wrong('oidc: no claim sources');
  const source = asString(field(names, groups.claim));
  if (source === undefined) return same;
  const place = field(sources, source);
  if (place === undefined) wrong(`id token _claim_names contained a source ${source} missing in _claims_sources`);
  const endpoint = asString(field(place, 'endpoint')) ?? '';
  if (endpoint === '') return same;
  const answer = verifier.distributedClaim(endpoint);
  if (answer === undefined) return { claims, assumed: [`no group comes from ${endpoint}, where the token leaves them`] };
  const token = answer === null ? undefined : readJwt(answer);
  const issuer = asString(field(token?.claims, 'iss'));
  if (token === undefined || issuer === undefined || verifier.token(token, issuer) !== true)
    return refuse(`oidc: could not expand distributed claims: while getting distributed claim ${JSON.stringify(groups.claim)}`);
  const value = field(token.claims, groups.claim);
  if (value === undefined)
    wrong(`jwt returned by distributed claim endpoint ${JSON.stringify(endpoint)} did not contain claim: ${groups.claim}`);
  return { claims: { ...claims, [groups.claim]: value }, assumed: [] };
}

function mapped(setup: JwtAuthenticator, claims: JsonObject): Identity {
  const value = claimsValue(claims);
  const ask = (program: Program, prefix: string): Value => {
    const result = evaluated(program, 'claims', value);
    return result.ok ? result.value : refuse(`${prefix}${result.problem}`);
  };
  const name = usernameOf(setup.username, claims, (program) => ask(program, 'oidc: error evaluating username claim expression: '));
  const groups = groupsOf(setup.groups, claims, (program) => ask(program, 'oidc: error evaluating group claim expression: '));
  const uid = uidOf(setup.uid, claims, (program) => ask(program, 'oidc: error evaluating uid claim expression: '));
  const id = asString(field(claims, 'jti')) ?? '';
  const extra: Record<string, readonly string[]> = id === '' ? {} : { [credentialIdKey]: [`JTI=${id}`] };
  const values = setup.extra.map(({ key, expression }) => ({ key, expression, found: ask(expression, '') }));
  for (const { key, expression, found } of values) {
    const list = texts(found);
    if (list === undefined) return refuse(`oidc: error evaluating extra claim expression: ${expression.source}: ${notTexts}`);
    if (list.length > 0) extra[key] = list;
  }
  for (const { claim, value: wanted } of setup.requiredClaims) requireClaim(claims, claim, wanted);
  const user = identity(name, groups, uid, extra);
  hold(setup.claimRules, 'claims', value, 'oidc: error evaluating claim validation expression: ');
  hold(setup.userRules, 'user', userValue(user), 'oidc: error evaluating user info validation rule: ');
  return user;
}

type Ask = (program: Program) => Value;

function usernameOf(mapping: Mapping, claims: JsonObject, ask: Ask): string {
  if ('expression' in mapping) {
    const value = ask(mapping.expression);
    if (typeof value !== 'string')
      return refuse('oidc: error evaluating username claim expression: username claim expression must return a string');
    return value === '' ? refuse('oidc: empty username via CEL expression is not allowed') : value;
  }
  const name = textClaim(claims, mapping.claim, `oidc: parse username claims ${JSON.stringify(mapping.claim)}: `);
  if (mapping.claim === 'email' && Object.hasOwn(claims, 'email_verified')) {
    const verified = claims.email_verified ?? false;
    if (typeof verified !== 'boolean') return refuse(`oidc: parse 'email_verified' claim: ${wrongType(verified, 'bool')}`);
    if (!verified) return refuse('oidc: email not verified');
  }
  return mapping.prefix + name;
}

function textClaim(claims: JsonObject, claim: string, prefix: string): string {
  if (!Object.hasOwn(claims, claim)) return refuse(`${prefix}claim not present`);
  const value = claims[claim] ?? '';
  return typeof value === 'string' ? value : refuse(`${prefix}${wrongType(value, 'string')}`);
}

function groupsOf(mapping: Mapping | undefined, claims: JsonObject, ask: Ask): readonly string[] {
  if (mapping === undefined) return [];
  if ('expression' in mapping)
    return texts(ask(mapping.expression)) ?? refuse(`oidc: error evaluating group claim expression: ${notTexts}`);
  if (!Object.hasOwn(claims, mapping.claim)) return [];
  const value = claims[mapping.claim] ?? [];
  // null inside a list is the empty text, as Go reads it.
  const list = Array.isArray(value) ? value.map((item) => item ?? '') : [value];
  if (!isTexts(list)) return refuse(`oidc: parse groups claim ${JSON.stringify(mapping.claim)}: ${wrongType(value, 'string')}`);
  return list.map((group) => mapping.prefix + group);
}

function uidOf(mapping: Mapping | undefined, claims: JsonObject, ask: Ask): string {
  if (mapping === undefined) return '';
  if ('claim' in mapping) return textClaim(claims, mapping.claim, `oidc: parse uid claim ${JSON.stringify(mapping.claim)}: `);
  const value = ask(mapping.expression);
  return typeof value === 'string'
    ? value
    : refuse('oidc: error evaluating uid claim expression: uid claim expression must return a string');
}

const notTexts = 'expression must return a string or a list of strings';

/** A text or a list of texts, empty ones left out; undefined for other values. */
function texts(value: Value): readonly string[] | undefined {
  if (value === null) return [];
  const list = typeof value === 'string' ? [value] : isList(value) ? value : undefined;
  return list === undefined || !isTexts(list) ? undefined : list.filter((item) => item !== '');
}

function requireClaim(claims: JsonObject, claim: string, wanted: string): void {
  if (!Object.hasOwn(claims, claim)) refuse(`oidc: required claim ${claim} not present in ID token`);
  const value = textClaim(claims, claim, `oidc: parse claim ${claim}: `);
  if (value !== wanted) refuse(`oidc: required claim ${claim} value does not match. Got = ${value}, want = ${wanted}`);
}

function hold(rules: readonly ValidationRule[], over: 'claims' | 'user', value: Value, prefix: string): void {
  const results = rules.map((rule) => {
    const result = evaluated(rule.expression, over, value);
    return { ...rule, found: result.ok ? result.value : refuse(`${prefix}${result.problem}`) };
  });
  for (const { expression, message, found } of results) {
    if (typeof found !== 'boolean') refuse(`${prefix}validation expression must return a boolean`);
    if (found !== true) refuse(`${prefix}validation expression '${expression.source}' failed: ${message}`);
  }
}
