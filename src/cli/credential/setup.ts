// How an API server that these flags describe tells callers, and with which keys it checks what they show.

import { type AuthenticationSetup, usualSetup } from '../../identity/authentication/authenticate.ts';
import { oidcFlagsIssuer, readAuthenticationConfiguration } from '../../identity/authentication/configuration.ts';
import { header } from '../../identity/authentication/credential.ts';
import { readJwt } from '../../identity/authentication/jwt.ts';
import { audienceOf, legacyIssuer } from '../../identity/authentication/service-account-token.ts';
import { readStaticTokens } from '../../identity/authentication/static-token.ts';
import { readDocument } from '../../kube/yaml/parse.ts';
import { asString, field } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { newestKnownVersion } from '../../snapshot/snapshot.ts';
import type { verifierOf } from '../../sources/verifier.ts';
import type { CommandInput } from '../command.ts';
import { Stop } from '../exit.ts';
import { kubernetesVersion, verbatim, word } from '../flags.ts';
import { type Presented, readText } from './presented.ts';

/** The keys that credentials are checked against. */
export function keysOf(flags: CommandInput['flags']): Parameters<typeof verifierOf>[0] {
  const read = (name: string) => {
    const file = word(flags, name);
    return file === undefined ? undefined : readText(file);
  };
  const [clientAuthority, serviceAccountKeys, keySet] = [read('clientCaFile'), read('serviceAccountKeyFile'), read('jwks')];
  return {
    ...(clientAuthority === undefined ? {} : { clientAuthority }),
    ...(serviceAccountKeys === undefined ? {} : { serviceAccountKeys }),
    ...(keySet === undefined ? {} : { keySet }),
  };
}

/** The API server of the flags; what they leave open is as in most clusters, or as the token itself says, which is then told. */
export function setupOf(
  flags: CommandInput['flags'],
  made: Presented,
): { readonly setup: AuthenticationSetup; readonly assumptions: readonly string[] } {
  const minor = Number((kubernetesVersion(flags) ?? newestKnownVersion).split('.')[1]);
  const problems: Problem[] = [];
  const file = word(flags, 'authenticationConfig');
  const configuration = file === undefined ? undefined : readAuthenticationConfiguration(readDocument(readText(file)).value, file, minor);
  problems.push(...(configuration?.problems ?? []));
  const tokenFile = word(flags, 'tokenAuthFile');
  const tokens = tokenFile === undefined ? undefined : readStaticTokens(readText(tokenFile), tokenFile);
  problems.push(...(tokens?.problems ?? []));
  const [first] = problems;
  if (first !== undefined) throw new Stop(first);
  const { issuers, assumptions } = ownIssuers(flags, made);
  const audiences = issuers.length > 0 ? [...issuers, ...tokenAudiences(made, issuers)] : [];
  const flagIssuer = issuerOfFlags(flags);
  const setup: AuthenticationSetup = {
    ...usualSetup,
    minor,
    staticTokens: tokens?.tokens ?? [],
    serviceAccounts: { issuers, audiences },
    jwt: [...(configuration?.jwt ?? []), ...(flagIssuer === undefined ? [] : [flagIssuer])],
    anonymous: configuration?.anonymous ?? usualSetup.anonymous,
  };
  return { setup, assumptions };
}

/** The token that is shown, read; undefined where it is no JWT. */
export function tokenOf({ credential }: Presented): ReturnType<typeof readJwt> {
  return readJwt(header(credential, 'authorization').replace(/^Bearer /, ''));
}

/** Issuers of service accounts: those of the flag, else the usual ones and that of a token which looks like a service account's. */
function ownIssuers(
  flags: CommandInput['flags'],
  made: Presented,
): { readonly issuers: readonly string[]; readonly assumptions: readonly string[] } {
  const given = verbatim(flags, 'serviceAccountIssuer');
  if (given.length > 0) return { issuers: given, assumptions: [] };
  const usual = usualSetup.serviceAccounts?.issuers ?? [];
  const token = tokenOf(made);
  const issuer = asString(field(token?.claims, 'iss'));
  const isAccount = field(token?.claims, 'kubernetes.io') !== undefined;
  if (issuer === undefined || !isAccount || usual.includes(issuer) || issuer === legacyIssuer) return { issuers: usual, assumptions: [] };
  return { issuers: [issuer, ...usual], assumptions: [`${issuer} is the cluster's own issuer`] };
}

/** Audiences are the server's setting; without it those of a token of its own issuer are taken for the server's. */
function tokenAudiences(made: Presented, issuers: readonly string[]): readonly string[] {
  const token = tokenOf(made);
  const issuer = asString(field(token?.claims, 'iss'));
  return token !== undefined && issuer !== undefined && issuers.includes(issuer) ? audienceOf(token.claims) : [];
}

function issuerOfFlags(flags: CommandInput['flags']): AuthenticationSetup['jwt'][number] | undefined {
  const [issuerUrl, clientId] = [word(flags, 'oidcIssuerUrl'), word(flags, 'oidcClientId')];
  if (issuerUrl === undefined && clientId === undefined) return undefined;
  if (issuerUrl === undefined || clientId === undefined)
    throw new Stop(problem('usage/bad-flag', '--oidc-issuer-url and --oidc-client-id need each other'));
  const optional = (key: string, flag: string) => {
    const value = word(flags, flag);
    return value === undefined ? {} : { [key]: value };
  };
  return oidcFlagsIssuer({
    issuerUrl,
    clientId,
    ...optional('usernameClaim', 'oidcUsernameClaim'),
    ...optional('usernamePrefix', 'oidcUsernamePrefix'),
    ...optional('groupsClaim', 'oidcGroupsClaim'),
    ...optional('groupsPrefix', 'oidcGroupsPrefix'),
  });
}

/** What to do about a token whose issuer nobody configured. */
export function unknownIssuer({ jwt, serviceAccounts }: AuthenticationSetup, made: Presented): string | undefined {
  const issuer = asString(field(tokenOf(made)?.claims, 'iss'));
  if (issuer === undefined || issuer === legacyIssuer || jwt.some((one) => one.issuer === issuer)) return undefined;
  if (serviceAccounts?.issuers.includes(issuer) === true) return undefined;
  return `its issuer ${issuer} is not configured: give --authentication-config FILE, or --oidc-issuer-url with --oidc-client-id`;
}
