// `cofferdam rbac minimize`: from audit logs to the least roles. Exit status 1 where the replay would refuse something that was allowed.

import { dump } from 'js-yaml';
import { type RbacPlan, rbacPlan } from '../../identity/plan.ts';
import { readRules } from '../../identity/rules.ts';
import { paint } from '../../lib/display.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { counted } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { type AuditLog, readAuditLogs } from './audit-log.ts';
import { type Asked, ask } from './input.ts';
import { objectText, requestText, ruleWords } from './words.ts';

export async function run(input: CommandInput): Promise<number> {
  const { words, flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json', 'yaml']);
  const files = verbatim(flags, 'audit');
  if (files.length === 0) throw new Stop(problem('usage/bad-flag', 'from what? Name an audit log with --audit FILE ("-" for stdin)'));
  const known = words.length > 0 || ['filename', 'kubeconfig', 'context'].some((name) => flags[name] !== undefined);
  const asked = known ? await ask(input, words) : undefined;
  const log = await readAuditLogs(files, true);
  const only = word(flags, 'as');
  const plan = rbacPlan(log.requests, {
    widening: {
      verbs: flags.expandVerbs === true,
      names: flags.expandNames === true,
      namespaces: flags.expandNamespaces === true,
    },
    withDenied: flags.withDenied === true,
    ...(only === undefined ? {} : { only }),
    ...(asked === undefined ? {} : { current: asked.snapshot }),
  });
  if (only !== undefined && plan.users.length === 0)
    throw new Stop(problem('input/nothing', `the log holds no request of ${printable(only)}`));
  write(targets, console, (format, toTerminal) => {
    if (format === 'yaml') return manifests(plan);
    return format === 'json' ? json(plan, log, asked) : table(plan, log, asked, toTerminal && console.color);
  });
  return plan.replay.denied.length === 0 ? exit.clean : exit.findings;
}

function manifests({ roles, bindings }: RbacPlan): string {
  return [...roles, ...bindings].map((object) => dump(object, { lineWidth: -1, noRefs: true })).join('---\n');
}

function json(plan: RbacPlan, log: AuditLog, asked: Asked | undefined): string {
  const about = { events: log.events, unreadableLines: log.badLines, restsOn: notes(plan, log, asked) };
  return `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'RbacPlan', ...plan, ...about }, undefined, 2)}\n`;
}

function table(plan: RbacPlan, log: AuditLog, asked: Asked | undefined, color: boolean): string {
  const { users, replay, closes } = plan;
  return [
    ...users.flatMap(({ name, requests, refused, rules }) => [
      `${paint(printable(name), 'cyan', color)}  ${counted(requests, 'request')}${refused === 0 ? '' : `, ${refused} of them refused`}, ${counted(rules, 'rule')}`,
      ...(refused === requests && rules === 0
        ? ['  nothing: all it asked for was refused (--with-denied allows it)']
        : ruleLines(plan, name)),
      ...closes
        .filter(({ user }) => user === name)
        .map(({ namespace, permission, gains }) =>
          printable(`  closes ${permission}${namespace === '' ? '' : ` in ${namespace}`}: ${gains}`),
        ),
      '',
    ]),
    replay.denied.length === 0
      ? paint(`replay: ${counted(replay.requests, 'recorded request')}, none refused that was allowed`, 'green', color)
      : paint(`replay: ${counted(replay.denied.length, 'request')} of ${replay.requests} would be refused`, 'red', color),
    ...replay.denied.slice(0, 10).map(({ user, wanted }) => printable(`  ${user}: ${requestText(wanted)}`)),
    ...notes(plan, log, asked).map((line) => `note: ${printable(line)}`),
    '-o yaml prints the manifests',
    '',
  ].join('\n');
}

/** The rules of a user's new roles, by the role. */
function ruleLines({ roles, bindings }: RbacPlan, user: string): readonly string[] {
  const own = bindings.filter((binding) => boundTo(binding.subjects, user));
  const lines = own.flatMap((binding) => {
    const role = roles.find((one) => one.kind === binding.kind.replace('Binding', '') && sameName(one.metadata, binding.metadata));
    if (role === undefined) return [];
    const { namespace = '', name = '' } = names(role.metadata);
    return [`  ${objectText({ kind: role.kind, namespace, name })}`, ...readRules(role).map((rule) => `    ${ruleWords(rule)}`)];
  });
  return lines.length === 0 ? ['  nothing beyond what its groups give'] : lines;
}

function boundTo(subjects: unknown, user: string): boolean {
  const [subject] = Array.isArray(subjects) ? subjects : [];
  const { kind, name = '', namespace = '' } = names(subject);
  return user === (kind === 'ServiceAccount' ? `system:serviceaccount:${namespace}:${name}` : name);
}

function sameName(a: unknown, b: unknown): boolean {
  const [first, second] = [names(a), names(b)];
  return first.name === second.name && first.namespace === second.namespace;
}

function names(value: unknown): { readonly kind?: string; readonly name?: string; readonly namespace?: string } {
  return typeof value === 'object' && value !== null ? value : {};
}

function notes({ skipped }: RbacPlan, log: AuditLog, asked: Asked | undefined): readonly string[] {
  return [
    `${counted(log.events, 'event')} read; what was not recorded is not known: rare tasks and failures need their rights, too`,
    ...(log.badLines === 0 ? [] : [`${counted(log.badLines, 'line')} of the log could not be read`]),
    ...log.broken,
    ...skipped.map(({ user, reason }) => `${user} is left out: ${reason}`),
    ...(asked === undefined
      ? [
          'the RBAC as it is was not given (-f or --context): nothing is said about what this closes, and groups count as giving nothing but discovery',
        ]
      : ['the plan replaces the bindings that name these users; what their groups give stays', ...asked.restsOn]),
  ];
}
