// `cofferdam fixes`: the smallest set of changes that cuts the attack paths, as patches, with what each closes and what recorded use it
// would break, and the certificate: the engine run again over the patched snapshot. Patches are to be made in the order given. Exit 1 where a path is left that no change closes.

import { type Fix, type FixPlan, fixesFor } from '../../attack/answer.ts';
import { inOrder } from '../../attack/in-order.ts';
import type { Change } from '../../attack/repair.ts';
import { type Risk, risks } from '../../attack/risk.ts';
import { vertexText } from '../../attack/vertex.ts';
import { paint } from '../../lib/display.ts';
import { printable, shellWord } from '../../lib/text.ts';
import { counted, placeText } from '../../report/words.ts';
import type { Locator } from '../../sources/positions.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { readAuditLogs } from '../identity/audit-log.ts';
import { requestText } from '../identity/words.ts';
import { outputs, write } from '../output.ts';
import { type AttackInput, readAttackInput } from '../paths/input.ts';
import { pathJson, pathLines, unknownLines, withinHops } from '../paths/words.ts';

export async function run(input: CommandInput): Promise<number> {
  const targets = outputs(verbatim(input.flags, 'output'), ['table', 'json']);
  const read = await readAttackInput(input);
  const logs = verbatim(read.flags, 'audit');
  const log = logs.length === 0 ? undefined : await readAuditLogs(logs);
  const found = fixesFor(read.snapshot, read.threat, log?.requests);
  if (!found.ok) throw new Stop(found.problem);
  const plan = found.value;
  const byRepair = new Map(
    risks(
      read.snapshot,
      read.threat.from,
      plan.fixes.slice(0, 50).map(({ repair }) => repair),
    ).map((risk) => [risk.repair.id, risk]),
  );
  write(targets, input.console, (format, toTerminal) =>
    format === 'json' ? json(plan, byRepair, read) : table(plan, byRepair, read, toTerminal && input.console.color),
  );
  if (plan.certificate.holds) return exit.clean;
  input.console.err(`cofferdam: ${counted(plan.certificate.left.length, 'path')} left that no change of these objects closes\n`);
  return exit.findings;
}

function json(plan: FixPlan, byRepair: ReadonlyMap<string, Risk>, { locate, threat }: AttackInput): string {
  const { fixes, effort, proved, remaining, certificate, recorded, graph } = plan;
  const changes = inOrder(fixes.map(({ repair }) => repair));
  const { shown, truncated } = withinHops([...remaining, ...certificate.left]);
  const result = {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'FixSet',
    from: threat.from,
    to: threat.to,
    fixes: fixes.map(({ repair, closes, breaks }, index) => ({
      change: repair.text,
      effort: repair.effort,
      patch: (changes[index] ?? []).map((change) => changeJson(change, locate)),
      closes: closes.map(({ from, to }) => ({ from: vertexText(from), to: vertexText(to) })),
      breaks: breaks.map(({ user, wanted }) => ({ user: user.name, request: requestText(wanted) })),
      ...riskJson(byRepair.get(repair.id)),
    })),
    effort,
    smallest: proved,
    remaining: shown.map((path) => pathJson(path, locate)),
    ...(truncated === undefined ? {} : { truncated }),
    certificate: {
      pathsBefore: certificate.before,
      pathsAfter: certificate.left.length,
      holds: certificate.holds,
      graph: { vertices: certificate.vertices, arcs: certificate.arcs },
    },
    recordedRequests: recorded ?? null,
    unknown: graph.unknown,
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

function riskJson(risk: Risk | undefined): object {
  return risk === undefined ? {} : { risk: { score: Math.round(risk.score), sentence: risk.sentence } };
}

function changeJson(change: Change, locate: Locator): object {
  if (change.kind === 'add') return { add: change.object };
  const { object, kind, namespace, name } = change.resource;
  const target = { apiVersion: object.apiVersion, kind, ...(namespace === '' ? {} : { namespace }), name };
  const source = locate(change.resource, '');
  const place = source === undefined ? {} : { source };
  return change.kind === 'remove' ? { target, remove: true, ...place } : { target, patch: change.patch, ...place };
}

function table(plan: FixPlan, byRepair: ReadonlyMap<string, Risk>, { locate }: AttackInput, color: boolean): string {
  const { fixes, effort, proved, remaining, certificate, recorded, graph } = plan;
  if (certificate.before === 0) return `no attack path, nothing to change\n${unknownLines(graph.unknown).join('\n')}\n`;
  const smallest = proved ? 'no smaller set of changes does it' : 'a smaller set may exist: the search for one was cut off';
  const changes = inOrder(fixes.map(({ repair }) => repair));
  const lines = [
    paint(
      `${counted(fixes.length, 'change')} (effort ${effort}) for ${counted(certificate.before, 'attack path')}; ${smallest}`,
      'bold',
      color,
    ),
    '',
    ...fixes.flatMap((fix, index) =>
      fixLines(fix, index, changes[index] ?? [], byRepair.get(fix.repair.id), locate, recorded !== undefined, color),
    ),
  ];
  if (recorded === undefined) lines.push('what the changes break is not known: --audit FILE compares them with recorded requests', '');
  if (remaining.length > 0) {
    lines.push(paint('No change of these objects closes:', 'yellow', color), '');
    for (const path of remaining.slice(0, 5)) lines.push(...pathLines(path, locate, color), '');
  }
  const verdict = certificate.holds
    ? paint(
        `certificate: with these changes made, the engine finds no path (${counted(certificate.before, 'path')} before)`,
        'green',
        color,
      )
    : paint(
        `certificate: with these changes made, ${counted(certificate.left.length, 'path')} of ${certificate.before} left`,
        'red',
        color,
      );
  return `${[...lines, verdict, ...unknownLines(graph.unknown)].join('\n')}\n`;
}

function fixLines(
  { repair, closes, breaks }: Fix,
  index: number,
  changes: readonly Change[],
  risk: Risk | undefined,
  locate: Locator,
  recorded: boolean,
  color: boolean,
): readonly string[] {
  const shown = breaks.slice(0, 3).map(({ user, wanted }) => `     breaks: ${printable(`${user.name}: ${requestText(wanted)}`)}`);
  const more = breaks.length > 3 ? [`     breaks: … and ${counted(breaks.length - 3, 'more recorded request')}`] : [];
  const none = recorded && breaks.length === 0 ? ['     breaks nothing that was recorded'] : [];
  return [
    `${index + 1}. ${paint(printable(repair.text), 'bold', color)}  effort ${repair.effort}, ${closesText(closes.length)}`,
    ...(risk === undefined ? [] : [`     ${printable(risk.sentence)}`]),
    ...changes.map((change) => `     ${patchText(change, locate)}`),
    ...shown,
    ...more,
    ...none,
    '',
  ];
}

/** Without the other changes some ways would be taken where the best ones are gone: those are no path that was listed. */
function closesText(count: number): string {
  return count === 0 ? 'closes a detour that is left when the others are closed' : `closes ${counted(count, 'path')}`;
}

/** A change as kubectl would be told it. */
function patchText(change: Change, locate: Locator): string {
  if (change.kind === 'add') return printable(`apply ${JSON.stringify(change.object)}`);
  const { kind, namespace, name } = change.resource;
  const place = placeText(locate(change.resource, ''));
  const where = place === '' ? '' : `  # ${printable(place)}`;
  const target = `${shellWord(kind.toLowerCase())} ${shellWord(name)}${namespace === '' ? '' : ` -n ${shellWord(namespace)}`}`;
  if (change.kind === 'remove') return `${printable(`kubectl delete ${target}`)}${where}`;
  return `${printable(`kubectl patch ${target} --type=json -p ${shellWord(JSON.stringify(change.patch))}`)}${where}`;
}
