// `cofferdam policy eval`: admission policies over manifests, a snapshot, a cluster, or recorded AdmissionReviews. Exit status 1 where
// something would be refused.

import { readFileSync } from 'node:fs';
import { exactJson } from '../../kube/json/exact.ts';
import { type Color, paint } from '../../lib/display.ts';
import type { Json } from '../../lib/json.ts';
import { problem, told } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import type { AdmissionInput } from '../../policy/admission.ts';
import { admissionRequest } from '../../policy/admission-request.ts';
import type { Cause } from '../../policy/compiled.ts';
import { type Judgement, judge, type Row, type RowResult } from '../../policy/judge.ts';
import { creation } from '../../policy/of-snapshot.ts';
import { defaultConfiguration } from '../../policy/pod-security/configuration.ts';
import { recordedRequest } from '../../policy/recorded.ts';
import { counted } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { type PolicyInput, policyInput } from './input.ts';

interface Judged extends Judgement {
  readonly input: AdmissionInput;
}

export async function run(input: CommandInput): Promise<number> {
  const { flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const reviews = verbatim(flags, 'review');
  const given = await policyInput(input, reviews.length === 0);
  const requests =
    reviews.length > 0 ? reviews.map(readReview) : given.objects.map((resource) => creation(resource, given.kinds, given.user));
  const options = flags.podSecurity === true ? { podSecurity: defaultConfiguration } : {};
  const judged = requests.map(
    (asked): Judged => ({ ...judge(given.policies, admissionRequest(asked, given.context), options), input: asked }),
  );
  write(targets, console, (format, toTerminal) =>
    format === 'json' ? json(judged, given) : table(judged, given, flags.all === true, toTerminal && console.color),
  );
  return judged.every(({ allowed }) => allowed) ? exit.clean : exit.findings;
}

function readReview(file: string): AdmissionInput {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new Stop(problem('input/unreadable', `${file}: ${told(error)}`));
  }
  const read = exactJson(text);
  if (read === undefined || typeof read === 'string') throw new Stop(problem('input/unreadable', `${file}: ${read ?? 'it is no JSON'}`));
  const recorded = recordedRequest(read.value);
  if (recorded === undefined || typeof recorded === 'string')
    throw new Stop(problem('input/nothing', `${file}: ${recorded ?? 'no AdmissionReview'}`));
  return recorded.input;
}

export function subjectOf({ kind, name, namespace, resource, object }: AdmissionInput) {
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  const own = resource.resource === 'namespaces' ? '' : namespace;
  const shown = name !== '' ? name : String((object as { metadata?: { generateName?: unknown } } | null)?.metadata?.generateName ?? '');
  return { apiVersion, kind: kind.kind, namespace: own, name: shown };
}

function json(judged: readonly Judged[], { notes }: PolicyInput): string {
  const results = judged.flatMap((one) =>
    one.rows.map(({ why, ...row }) => {
      const cause = row.result === 'pass' ? undefined : why?.();
      return { ...row, subject: subjectOf(one.input), ...(cause !== undefined && { why: cause }) };
    }),
  );
  const requests = judged.map(({ input, allowed, code, message, warnings, auditAnnotations }) => ({
    subject: subjectOf(input),
    allowed,
    ...(allowed ? {} : { code, message }),
    warnings,
    auditAnnotations,
  }));
  return `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'PolicyResult', results, requests, restsOn: notes }, undefined, 2)}\n`;
}

const colors: Readonly<Record<RowResult, Color>> = {
  pass: 'green',
  fail: 'red',
  error: 'red',
  warn: 'yellow',
  audit: 'cyan',
  mutate: 'cyan',
};

function table(judged: readonly Judged[], { notes }: PolicyInput, all: boolean, color: boolean): string {
  const lines: string[] = [];
  for (const one of judged) {
    const shown = one.rows.filter(({ result }) => all || result !== 'pass');
    if (shown.length === 0) continue;
    const { kind, namespace, name } = subjectOf(one.input);
    lines.push(
      `${one.allowed ? paint('admitted', 'green', color) : paint('refused', 'red', color)}  ${printable(`${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`)}`,
    );
    for (const row of shown) lines.push(...rowLines(row, color));
  }
  const refused = judged.filter(({ allowed }) => !allowed).length;
  const matched = judged.filter(({ rows }) => rows.length > 0).length;
  const closing = `${counted(judged.length, 'request')}: ${refused} refused, ${matched} matched by a policy`;
  return [...lines, ...(lines.length > 0 ? [''] : []), closing, ...notes.map((note) => `note: ${printable(note)}`), ''].join('\n');
}

function rowLines({ policy, binding, rule, result, message, why }: Row, color: boolean): readonly string[] {
  const place = `${policy}${binding === undefined ? '' : ` (${binding})`} ${rule}`;
  const cause = result === 'fail' || result === 'warn' || result === 'audit' ? why?.() : undefined;
  return [
    `  ${paint(result, colors[result], color)}  ${printable(place)}${message === '' ? '' : `: ${printable(message)}`}`,
    ...causeLines(cause),
  ];
}

const longest = 160;

function causeLines(cause: Cause | undefined): readonly string[] {
  if (cause === undefined) return [];
  const text = (value: Json) => {
    const shown = JSON.stringify(value);
    return shown.length <= longest ? shown : `${shown.slice(0, longest)}…`;
  };
  return [
    `        because ${printable(cause.expression)} is ${printable(text(cause.value))}`,
    ...cause.parts.map(({ expression, value }) => `          ${printable(expression)} is ${printable(text(value))}`),
  ];
}
