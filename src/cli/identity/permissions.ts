// `cofferdam permissions`: what one user, or every subject that some binding names, may do, by scope.

import type { Given } from '../../identity/authorizer.ts';
import { bindingsIn } from '../../identity/bindings.ts';
import { principalsOf } from '../../identity/cloud/clouds.ts';
import type { CloudIdentities } from '../../identity/cloud/identities.ts';
import { compactRules } from '../../identity/compact.ts';
import { type Held, permissionsOf } from '../../identity/permissions.ts';
import { type Subject, serviceAccountUser, subjectText, type User } from '../../identity/subjects.ts';
import { paint } from '../../lib/display.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { counted } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { cloudOf, principalJson, principalLines } from './cloud.ts';
import { type Asked, ask } from './input.ts';
import { readUser } from './question.ts';
import { closing, objectText, ruleJson, ruleWords, subjectJson, unknownJson } from './words.ts';

interface Entry {
  readonly subject: Subject;
  readonly groups: readonly string[];
  readonly scopes: ReturnType<typeof permissionsOf>;
}

export async function run(input: CommandInput): Promise<number> {
  const { words, flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const user = readUser(flags);
  if ((user === undefined) === (flags.all !== true)) throw new Stop(problem('usage/bad-flag', 'whose? Give either --as USER or --all'));
  const asked = await ask(input, words, flags.cloud !== undefined);
  const cloud = cloudOf(asked, flags);
  const only = word(flags, 'namespace');
  const entries = user === undefined ? everybody(asked) : [entryOf(asked, userSubject(user), user)];
  const narrowed = entries.map((entry) => ({
    ...entry,
    scopes: entry.scopes.filter(({ namespace }) => only === undefined || namespace === '' || namespace === only),
  }));
  write(targets, console, (format, toTerminal) =>
    format === 'json' ? json(narrowed, asked, cloud) : table(narrowed, asked, cloud, toTerminal && console.color),
  );
  return exit.clean;
}

function userSubject({ name }: User): Subject {
  return { kind: 'User', name, namespace: '' };
}

function entryOf({ snapshot }: Asked, subject: Subject, user: User): Entry {
  return { subject, groups: user.groups, scopes: permissionsOf(snapshot, user) };
}

/** Each subject alone: what a group gives stands under the group. */
function everybody(asked: Asked): readonly Entry[] {
  const subjects = new Map<string, Subject>();
  for (const { subjects: named } of bindingsIn(asked.snapshot)) for (const one of named) subjects.set(subjectText(one), one);
  return [...subjects.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subject]) => entryOf(asked, subject, aloneAs(subject)));
}

function aloneAs({ kind, name, namespace }: Subject): User {
  if (kind === 'Group') return { name: '', groups: [name] };
  return { name: kind === 'ServiceAccount' ? serviceAccountUser(namespace, name) : name, groups: [] };
}

function json(entries: readonly Entry[], { restsOn }: Asked, cloud: CloudIdentities | undefined): string {
  const subjects = entries.map(({ subject, groups, scopes }) => ({
    subject: { ...subjectJson(subject), ...(groups.length === 0 || subject.kind === 'Group' ? {} : { groups }) },
    rules: scopes.flatMap(({ namespace, held }) => held.map((one) => ({ namespace, ...heldJson(one) }))),
    unknown: unknownJson(scopes.flatMap(({ unknown }) => unknown)),
    ...(cloud === undefined ? {} : cloudJson(cloud, subject)),
  }));
  return `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'Permissions', subjects, restsOn }, undefined, 2)}\n`;
}

/** Who of the cloud the subject is, and whom a service account is there. */
function cloudJson(cloud: CloudIdentities, subject: Subject): object {
  const principals = principalsOf(cloud, subject).map((one) => ({ ...principalJson(one), rights: one.rights }));
  return { principals, cloudRoles: rolesOf(cloud, subject).map(({ trusted, ...rest }) => ({ ...rest, trusted: trusted ?? null })) };
}

function rolesOf({ outbound }: CloudIdentities, { kind, namespace, name }: Subject): CloudIdentities['outbound'] {
  const [, ownNamespace, ownName] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? [];
  const account = kind === 'ServiceAccount' ? { namespace, name } : { namespace: ownNamespace, name: ownName };
  return outbound.filter((one) => one.namespace === account.namespace && one.serviceAccount === account.name);
}

function cloudLines(cloud: CloudIdentities | undefined, subject: Subject): readonly string[] {
  if (cloud === undefined) return [];
  const rights = principalsOf(cloud, subject).flatMap(({ rights: beside }) =>
    beside.map(({ name }) => printable(`  beside RBAC: ${name}`)),
  );
  const roles = rolesOf(cloud, subject).map(({ role, source, trusted, note }) => {
    const said = trusted === undefined ? 'whether it is trusted is not known' : trusted ? 'trusted' : 'not trusted';
    return printable(`  in the cloud: ${role === '' ? 'a role' : role} by ${source}, ${said}${note === '' ? '' : `; ${note}`}`);
  });
  return [...principalLines(cloud, subject), ...rights, ...roles];
}

function heldJson({ given, rule }: Held): object {
  const { kind, name, namespace } = given.binding.resource;
  return { ...ruleJson(rule), binding: { kind, name, ...(namespace === '' ? {} : { namespace }) } };
}

function table(entries: readonly Entry[], asked: Asked, cloud: CloudIdentities | undefined, color: boolean): string {
  const unknown: readonly Given[] = entries.flatMap(({ scopes }) => scopes.flatMap((scope) => scope.unknown));
  return [
    ...entries.flatMap((entry) => [...entryLines(entry, color), ...cloudLines(cloud, entry.subject), '']),
    ...(entries.length === 1 ? [] : [counted(entries.length, 'subject')]),
    ...(cloud === undefined || cloud.unknown.length === 0
      ? []
      : ['unknown of the cloud:', ...cloud.unknown.map((one) => printable(`  ${one}`))]),
    ...closing(asked, unknown, []),
  ].join('\n');
}

function entryLines({ subject, groups, scopes }: Entry, color: boolean): readonly string[] {
  const title = paint(printable(subjectText(subject)), 'cyan', color);
  const also = groups.length === 0 || subject.kind === 'Group' ? '' : `  with groups ${groups.join(', ')}`;
  const lines = scopes.flatMap(({ namespace, held }) => {
    if (held.length === 0) return [];
    const place = namespace === '' ? 'in the whole cluster' : `in namespace ${namespace}`;
    const bindings = [...new Set(held.map(({ given }) => given.binding))];
    const rules = compactRules(held.map(({ rule }) => rule.rule)).map(
      (rule) => `    ${ruleWords({ ...rule, verbs: [...new Set(rule.verbs)] })}`,
    );
    const through = bindings.map(({ resource, role }) => `${objectText(resource)} → ${printable(`${role.kind} ${role.name}`)}`);
    return [printable(`  ${place}, through ${through.join('; ')}`), ...new Set(rules)];
  });
  return [`${title}${printable(also)}`, ...(lines.length === 0 ? ['  nothing'] : lines)];
}
