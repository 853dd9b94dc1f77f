// `cofferdam whoami`: whom a credential stands for, as the API server would say. Status 0 where it stands for somebody, 1 where it is refused.

import { type AuthenticationSetup, authenticate, usualSetup } from '../../identity/authentication/authenticate.ts';
import { oidcFlagsIssuer, readAuthenticationConfiguration } from '../../identity/authentication/configuration.ts';
import { header } from '../../identity/authentication/credential.ts';
import { directoryOf } from '../../identity/authentication/directory.ts';
import { readJwt } from '../../identity/authentication/jwt.ts';
import { errorText } from '../../identity/authentication/outcome.ts';
import { audienceOf, legacyIssuer } from '../../identity/authentication/service-account-token.ts';
import { readStaticTokens } from '../../identity/authentication/static-token.ts';
import { readDocument } from '../../kube/yaml/parse.ts';
import { paint } from '../../lib/display.ts';
import { asNumber, asString, field } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { factsFor, newestKnownVersion, snapshot } from '../../snapshot/snapshot.ts';
import { load } from '../../sources/load.ts';
import { verifierOf } from '../../sources/verifier.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { kubernetesVersion, verbatim, word } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { type Presented, presented, readText } from './presented.ts';

export async function run(input: CommandInput): Promise<number> {
  const { flags, console, now } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const made = presented(input);
  const { setup, assumptions: assumed } = setupOf(flags, made);
  const paths = [...verbatim(flags, 'filename'), ...input.words];
  const objects = paths.length === 0 ? undefined : await load(paths, { now });
  const directory = objects && directoryOf(snapshot({ ...objects, facts: factsFor(objects.facts, kubernetesVersion(flags)) }));
  const verifier = verifierOf(keys(flags));
  if (!verifier.ok) throw new Stop(verifier.problem);
  const found = authenticate(setup, made.credential, now, {
    verifier: verifier.value,
    ...(directory === undefined ? {} : { directory }),
  });
  const expires = expiry(made);
  if (found.kind === 'refused') {
    const hint = unknownIssuer(setup, made);
    write(targets, console, (format) => {
      const why = hint ?? errorText(found.errors);
      if (format === 'json') return json({ authenticated: false, reason: why, source: made.source });
      return `${paint('refused', 'red', console.color)}: ${printable(made.source)} is nobody here\n  ${printable(why)}\n`;
    });
    return exit.findings;
  }
  const assumptions = [...assumed, ...found.assumptions];
  const { user, authenticator } = found;
  write(targets, console, (format, toTerminal) => {
    const impersonates = made.impersonates === undefined ? {} : { impersonates: made.impersonates };
    if (format === 'json')
      return json({
        authenticated: true,
        user,
        authenticator,
        source: made.source,
        ...(expires === undefined ? {} : { expires }),
        ...impersonates,
        assumptions,
      });
    const color = toTerminal && console.color;
    return [
      paint(printable(user.name), 'bold', color),
      `  by       ${authenticator}, ${made.source}${expires === undefined ? '' : `, until ${expires}`}`,
      `  groups   ${user.groups.join(', ')}`,
      ...(user.uid === '' ? [] : [`  uid      ${user.uid}`]),
      ...Object.entries(user.extra).map(([key, values]) => `  extra    ${key}: ${values.join(', ')}`),
      ...(made.impersonates === undefined
        ? []
        : [`  acts as  ${[made.impersonates.user, ...made.impersonates.groups].join(', ')}, if it may impersonate`]),
      ...(user.groups.includes('system:masters') ? ['  members of system:masters can do everything, and RBAC cannot take it away'] : []),
      ...assumptions.map((one) => `note: not checked: ${one}`),
      '',
    ]
      .map((line, index) => (index === 0 ? line : printable(line)))
      .join('\n');
  });
  return exit.clean;
}

function json(about: object): string {
  return `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'WhoAmI', ...about }, undefined, 2)}\n`;
}

function keys(flags: CommandInput['flags']): Parameters<typeof verifierOf>[0] {
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
function setupOf(
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

function tokenOf({ credential }: Presented): ReturnType<typeof readJwt> {
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
function unknownIssuer({ jwt, serviceAccounts }: AuthenticationSetup, made: Presented): string | undefined {
  const issuer = asString(field(tokenOf(made)?.claims, 'iss'));
  if (issuer === undefined || issuer === legacyIssuer || jwt.some((one) => one.issuer === issuer)) return undefined;
  if (serviceAccounts?.issuers.includes(issuer) === true) return undefined;
  return `its issuer ${issuer} is not configured: give --authentication-config FILE, or --oidc-issuer-url with --oidc-client-id`;
}

function expiry(made: Presented): string | undefined {
  const [certificate] = made.credential.certificates;
  const seconds = asNumber(field(tokenOf(made)?.claims, 'exp'));
  const time = certificate?.notAfter ?? (seconds === undefined ? undefined : seconds * 1000);
  return time === undefined || Math.abs(time) > 8e15 ? undefined : new Date(time).toISOString();
}
