// AuthenticationConfiguration, apiserver.config.k8s.io/v1alpha1 to v1, the file of `--authentication-config`, and the `--oidc-*` flags it
// replaced. What the API server would not start with is a problem, and the issuer it is about is left out; the others are kept.
// Version: kube-apiserver 1.36. Egress, discovery and authorities of issuers are not read: they decide where keys come from, not who is who.

import type { Program } from '../../languages/cel/program.ts';
import { asList, asString, field, isObject, type Json, strings } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { isDomainPath } from '../impersonation-checks.ts';
import { claimExpression, namesClaim } from './claims.ts';
import { allAlgorithms, type JwtAuthenticator, type Mapping, type ValidationRule } from './jwt-authenticator.ts';

export interface AuthenticationConfiguration {
  readonly jwt: readonly JwtAuthenticator[];
  /** Undefined: `--anonymous-auth` decides. */
  readonly anonymous: { readonly enabled: boolean; readonly paths: readonly string[] } | undefined;
  readonly problems: readonly Problem[];
}

const versions = ['v1alpha1', 'v1beta1', 'v1'].map((version) => `apiserver.config.k8s.io/${version}`);

/** Reads a configuration; `file` stands in the problems. */
export function readAuthenticationConfiguration(value: unknown, file: string, minor?: number): AuthenticationConfiguration {
  const problems: Problem[] = [];
  const bad = (message: string) => {
    problems.push(problem('config/invalid', `${file}: ${message}`));
    return undefined;
  };
  if (!isObject(value) || !versions.includes(asString(value.apiVersion) ?? '') || value.kind !== 'AuthenticationConfiguration') {
    bad('not an AuthenticationConfiguration of apiserver.config.k8s.io');
    return { jwt: [], anonymous: undefined, problems };
  }
  const jwt: JwtAuthenticator[] = [];
  for (const [index, one] of asList(value.jwt).entries()) {
    const read = readIssuer(one, (message) => bad(`jwt[${index}].${message}`), minor);
    if (read === undefined) continue;
    if (jwt.some(({ issuer }) => issuer === read.issuer)) bad(`jwt[${index}].issuer.url: Duplicate value`);
    else jwt.push(read);
  }
  const anonymous = value.anonymous;
  if (!isObject(anonymous)) return { jwt, anonymous: undefined, problems };
  const paths = asList(anonymous.conditions).map((condition) => asString(field(condition, 'path')) ?? '');
  return { jwt, anonymous: { enabled: anonymous.enabled === true, paths }, problems };
}

type Bad = (message: string) => undefined;

function readIssuer(value: Json, bad: Bad, minor: number | undefined): JwtAuthenticator | undefined {
  const issuer = asString(field(field(value, 'issuer'), 'url')) ?? '';
  const audiences = strings(field(field(value, 'issuer'), 'audiences'));
  if (!/^https:\/\/[^/?#@]+[^?#]*$/.test(issuer)) return bad('issuer.url: an https address without query and fragment is needed');
  if (audiences.length === 0) return bad('issuer.audiences: at least one is needed');
  const expression = (source: string, over: 'claims' | 'user', place: string): Program | undefined => {
    const compiled = claimExpression(source, over, minor);
    return compiled.ok ? compiled.value : bad(`${place}: ${compiled.problem}`);
  };
  const mappings = field(value, 'claimMappings');
  const mapping = (name: string, needsPrefix: boolean): Mapping | 'none' | undefined => {
    const own = field(mappings, name);
    const [claim, source] = [asString(field(own, 'claim')) ?? '', asString(field(own, 'expression')) ?? ''];
    const place = `claimMappings.${name}`;
    if (claim !== '' && source !== '') return bad(`${place}: claim and expression exclude each other`);
    if (source !== '') {
      const program = expression(source, 'claims', `${place}.expression`);
      return program === undefined ? undefined : { expression: program };
    }
    if (claim === '') return 'none';
    const prefix = asString(field(own, 'prefix'));
    if (prefix === undefined && needsPrefix) return bad(`${place}.prefix: needed beside a claim; it may be empty`);
    return { claim, prefix: prefix ?? '' };
  };
  const [username, groups, uid] = [mapping('username', true), mapping('groups', true), mapping('uid', false)];
  if (username === 'none') return bad('claimMappings.username: a claim or an expression is needed');
  const extra = asList(field(mappings, 'extra')).map((one, index) => {
    const key = asString(field(one, 'key')) ?? '';
    const place = `claimMappings.extra[${index}].key`;
    if (!isDomainPath(key)) return bad(`${place}: a path under a domain is needed, such as example.com/tenant`);
    if (key !== key.toLowerCase()) return bad(`${place}: must be lowercase`);
    if (/^([^/]*\.)?(kubernetes|k8s)\.io\//.test(key))
      return bad(`${place}: k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use`);
    const program = expression(asString(field(one, 'valueExpression')) ?? '', 'claims', `claimMappings.extra[${index}].valueExpression`);
    return program === undefined ? undefined : { key, expression: program };
  });
  const requiredClaims = asList(field(value, 'claimValidationRules'))
    .filter((rule) => (asString(field(rule, 'claim')) ?? '') !== '')
    .map((rule) => ({ claim: asString(field(rule, 'claim')) ?? '', value: asString(field(rule, 'requiredValue')) ?? '' }));
  const rules = (name: string, over: 'claims' | 'user') =>
    asList(field(value, name)).flatMap((rule, index): readonly (ValidationRule | undefined)[] => {
      const source = asString(field(rule, 'expression')) ?? '';
      if (source === '') return [];
      const program = expression(source, over, `${name}[${index}].expression`);
      return [program && { expression: program, message: asString(field(rule, 'message')) ?? '' }];
    });
  const [claimRules, userRules] = [rules('claimValidationRules', 'claims'), rules('userValidationRules', 'user')];
  if (username === undefined || groups === undefined || uid === undefined) return undefined;
  const whole = <T>(list: readonly (T | undefined)[]): readonly T[] | undefined =>
    list.every((one) => one !== undefined) ? list.filter((one) => one !== undefined) : undefined;
  const [wholeExtra, wholeClaimRules, wholeUserRules] = [whole(extra), whole(claimRules), whole(userRules)];
  if (wholeExtra === undefined || wholeClaimRules === undefined || wholeUserRules === undefined) return undefined;
  const keys = wholeExtra.map(({ key }) => key);
  if (new Set(keys).size < keys.length) return bad('claimMappings.extra: Duplicate value of a key');
  const mayVerify = [...wholeExtra.map((one) => one.expression), ...wholeClaimRules.map((one) => one.expression)];
  if (
    'expression' in username &&
    namesClaim(username.expression, 'email') &&
    ![username.expression, ...mayVerify].some((one) => namesClaim(one, 'email_verified'))
  )
    return bad('claimMappings.username.expression: claims.email is used, and claims.email_verified nowhere');
  return {
    issuer,
    audiences,
    algorithms: allAlgorithms,
    username,
    groups: groups === 'none' ? undefined : groups,
    uid: uid === 'none' ? undefined : uid,
    extra: wholeExtra,
    requiredClaims,
    claimRules: wholeClaimRules,
    userRules: wholeUserRules,
  };
}

/** The flags of one issuer: `--oidc-issuer-url` and the others without their `--oidc-`. */
export interface OidcFlags {
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly usernameClaim?: string;
  readonly usernamePrefix?: string;
  readonly groupsClaim?: string;
  readonly groupsPrefix?: string;
  readonly requiredClaims?: readonly { readonly claim: string; readonly value: string }[];
  readonly signingAlgorithms?: readonly string[];
}

/** The issuer that the flags describe. Without a prefix, names other than e-mail addresses get the issuer's address and `#` before them. */
export function oidcFlagsIssuer(flags: OidcFlags): JwtAuthenticator {
  const claim = flags.usernameClaim ?? 'sub';
  const prefix = flags.usernamePrefix ?? '';
  const usual = claim === 'email' ? '' : `${flags.issuerUrl}#`;
  return {
    issuer: flags.issuerUrl,
    audiences: [flags.clientId],
    algorithms: flags.signingAlgorithms ?? ['RS256'],
    username: { claim, prefix: prefix === '-' ? '' : prefix === '' ? usual : prefix },
    groups: flags.groupsClaim === undefined ? undefined : { claim: flags.groupsClaim, prefix: flags.groupsPrefix ?? '' },
    uid: undefined,
    extra: [],
    requiredClaims: flags.requiredClaims ?? [],
    claimRules: [],
    userRules: [],
  };
}
