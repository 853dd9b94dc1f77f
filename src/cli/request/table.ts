// The stages of a request for people: a line for each, what was changed below it, and at the end who acts next.

import { paint } from '../../lib/display.ts';
import { printable } from '../../lib/text.ts';
import type { Change } from '../../request/fields/changes.ts';
import type { NextStep } from '../../request/next/step.ts';
import type { ApiRequest } from '../../request/request.ts';
import type { Decision, RequestTrace, TraceStage } from '../../request/trace/trace.ts';

export interface Followed {
  readonly request: ApiRequest;
  readonly trace: RequestTrace;
}

export interface Told {
  /** In the order they were sent. */
  readonly followed: readonly Followed[];
  readonly assumed: readonly string[];
  /** What of the cluster could not be read. */
  readonly unread: readonly string[];
  readonly release: string;
  readonly live: boolean;
  /** True where webhooks are asked. */
  readonly callsWebhooks: boolean;
}

interface Style {
  /** Every change, not the first few. */
  readonly wide: boolean;
  readonly color: boolean;
}

/** The whole answer as text. */
export function table({ followed, assumed, unread, release, live, callsWebhooks }: Told, style: Style): string {
  const hooks = callsWebhooks ? 'webhooks are asked, as in a dry run' : 'webhooks are not called';
  const gates = assumed.some((line) => line.startsWith('feature gates: ')) ? '' : ', default feature gates';
  const restsOn = `Kubernetes ${release}${live ? ' as the cluster that was read' : ''}${gates}; ${hooks}`;
  const refused = followed.filter(({ trace }) => !trace.allowed).length;
  const sum = followed.length === 1 ? [] : [`${followed.length} requests, one after the other: ${refused} of them refused`, ''];
  const lines = [...followed.flatMap((one) => [...requestLines(one, unread.length === 0, style), '']), ...sum];
  const end = [...unread, restsOn, ...assumed];
  return `${[...lines, ...end.map((line) => paint(printable(line), 'dim', style.color))].join('\n')}\n`;
}

function requestLines({ request, trace }: Followed, isRead: boolean, style: Style): readonly string[] {
  const { answer, stages, next, user } = trace;
  const said = paint(verdict(trace, isRead), trace.allowed ? 'green' : 'red', style.color);
  const by = user === undefined ? '' : ` by ${user.name}`;
  const answered = answer.unknown === undefined ? ` is answered ${answer.code}` : '';
  const lines = [`${said}: ${printable(`${request.method} ${request.path}${by}${answered}`)}`, ''];
  let before = '';
  for (const stage of stages) {
    const title = stage.round === undefined ? stage.stage : `${stage.stage}, once more`;
    if (title !== before) lines.push(paint(title, 'bold', style.color));
    before = title;
    lines.push(...stageLines(stage, style));
  }
  const told = new Set(stages.flatMap(({ warnings = [] }) => warnings));
  const others = answer.warnings.filter((warning) => !told.has(warning));
  if (others.length > 0) lines.push('', 'warnings', ...others.map((warning) => `  ${printable(warning)}`));
  if (next.length > 0) lines.push('', paint('what happens then', 'bold', style.color), ...next.flatMap((step) => nextLines(step, style)));
  return lines;
}

/** A no is plain where nothing that is not known comes before it: not the objects it rests on, and nobody who might have changed this one. */
function verdict({ answer, stages, allowed, unknown }: RequestTrace, isRead: boolean): string {
  if (answer.unknown !== undefined) return 'not known';
  const isPlain = allowed
    ? unknown.length === 0
    : isRead && !stages.some(({ stage, decision }) => stage === 'mutating admission' && decision === 'unknown');
  return `${allowed ? 'yes' : 'no'}${isPlain ? '' : ', as far as is known here'}`;
}

const signs: Readonly<Record<Decision, string>> = {
  allowed: '✓',
  passed: '✓',
  changed: '✎',
  given: '–',
  unknown: '?',
  refused: '✗',
  'not reached': '–',
};

const wordless: Readonly<Partial<Record<Decision, string>>> = { changed: 'changes the object', passed: 'lets it pass' };

const few = 6;

function stageLines(
  { plugin, decision, reason, changes = [], evidence, warnings = [], auditAnnotations = {} }: TraceStage,
  style: Style,
): readonly string[] {
  const sign = decision === 'refused' ? paint(signs[decision], 'red', style.color) : signs[decision];
  const what = [plugin, reason === '' ? (wordless[decision] ?? decision) : reason].filter((part) => part !== undefined);
  const [head = '', ...more] = what.join(': ').split('\n');
  const lines = [`  ${sign} ${printable(head)}`, ...more.map((line) => `      ${printable(line)}`)];
  if (decision !== 'passed' || style.wide) for (const each of evidence) lines.push(`      ${printable(each)}`);
  for (const warning of warnings) lines.push(`      ! warning: ${printable(warning)}`);
  for (const [key, value] of Object.entries(auditAnnotations))
    lines.push(`      in the audit log: ${printable(style.wide ? `${key}: ${value}` : key)}`);
  const shown = style.wide ? changes : changes.slice(0, few);
  for (const change of shown) lines.push(`      ${changeText(change)}`);
  if (changes.length > shown.length) lines.push(`      and ${changes.length - shown.length} more (-o wide)`);
  return lines;
}

const longest = 100;

function changeText({ op, path, value }: Change): string {
  const sign = op === 'add' ? '+' : op === 'remove' ? '-' : '~';
  const text = value === undefined ? '' : ` ${JSON.stringify(value)}`;
  return printable(`${sign} ${path}${text.length > longest ? `${text.slice(0, longest)}…` : text}`);
}

function nextLines({ actor, does, pods, nodes = [], preempts = [], unknown = [] }: NextStep, style: Style): readonly string[] {
  const lines = [`  ${printable(actor)}: ${printable(does)}`];
  if (pods !== undefined && !pods.allowed) {
    const which =
      pods.admitted === 0 ? 'its pods would be refused' : `${pods.admitted} of ${pods.wanted} pods would be admitted, the next is refused`;
    lines.push(`    ${paint('✗', 'red', style.color)} ${which}: ${printable(pods.message)}`);
  }
  if (pods?.allowed === true) {
    const which =
      pods.tried < pods.wanted ? `the first ${pods.tried} of its ${pods.wanted} pods, which were tried, would` : 'its pods would';
    lines.push(`    ✓ ${which} be admitted`);
  }
  for (const warning of pods?.warnings ?? []) lines.push(`    warning: ${printable(warning)}`);
  const against = nodes.filter(({ reasons }) => reasons.length > 0);
  if (nodes.length > 0) lines.push(`    ${nodes.length - against.length} of ${nodes.length} nodes fit`);
  for (const { node, reasons } of style.wide ? against : against.slice(0, few))
    lines.push(`    ${printable(`${node}: ${reasons.join(', ')}`)}`);
  if (!style.wide && against.length > few) lines.push(`    and ${against.length - few} more (-o wide)`);
  for (const { node, pods: victims, violations, exact } of style.wide ? preempts : preempts.slice(0, few)) {
    const broken = violations === 0 ? '' : ` (breaks ${violations} disruption budget${violations === 1 ? '' : 's'})`;
    lines.push(
      `    ${printable(`it would have ${node}, once it has preempted ${victims.join(', ')}${exact ? '' : ' or others of their priority'}${broken}`)}`,
    );
  }
  return [...lines, ...unknown.map((one) => `    ? ${printable(one)}`)];
}
