// `cofferdam fix`: judge, plan repairs, write them into the texts, judge again. Without --write nothing but stdout changes.

import { planRepairs } from '../../controls/fix/plan.ts';
import { editTexts, type FileEdit, type TextEdits, type WrittenRepair } from '../../controls/fix/texts.ts';
import type { Finding } from '../../controls/result.ts';
import { diffText } from '../../lib/diff.ts';
import { problem } from '../../lib/problem.ts';
import { counted, problemText } from '../../report/words.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { meansCluster } from '../cluster-flags.ts';
import type { CommandInput } from '../command.ts';
import { readConfig } from '../config/read.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { type Gate, overGate } from '../gate.ts';
import { outputs, write } from '../output.ts';
import { type Judged, type JudgeOptions, judge, judgeSnapshot } from '../scan/judge.ts';
import { judgeOptions } from '../scan/options.ts';
import { type FixResult, fixResult, shownOnly, summary } from './result.ts';
import { hindranceOf, writeEdit } from './write.ts';

const formats: Readonly<Record<string, (result: FixResult, edits: readonly FileEdit[]) => string>> = {
  diff: (result, edits) => edits.map(({ file, before, after }) => diffText(file, before, after)).join('') + shownOnly(result),
  json: (result) => `${JSON.stringify(result, null, 2)}\n`,
};

export async function run(input: CommandInput): Promise<number> {
  const { words, console } = input;
  const config = readConfig(input.flags, input.environment);
  const { flags } = config;
  const asked = verbatim(flags, 'output');
  const writes = flags.write === true;
  const targets = outputs(asked.length === 0 ? ['diff'] : asked, Object.keys(formats));
  if (words.length === 0 && !meansCluster(words, flags))
    throw new Stop(problem('usage/bad-flag', 'fix what? Name files or folders, or a cluster with -A, -n or --context'));
  const options = await judgeOptions(input, config, words);
  const judged = await judge(options);
  for (const item of judged.result.problems)
    if (item.level === undefined || item.level === 'error') console.err(`error: ${problemText(item)}\n`);
  if (judged.result.summary.objects === 0) {
    console.err('cofferdam: nothing to look at: no Kubernetes object was read\n');
    return exit.usage;
  }
  const { after, edits, repairs } = repaired(judged, options, writes);
  const result = fixResult(repairs, judged.result.findings, after);
  if (!writes || asked.length > 0) write(targets, console, (name) => formats[name]?.(result, edits) ?? '');
  const failed = writes ? writeAll(edits, console.err) : 0;
  if (!console.quiet) console.err(`cofferdam: ${summary(result)}\n`);
  if (failed > 0) return exit.usage;
  return gate(after, (word(flags, 'failOn') as Gate | undefined) ?? 'never', console.err);
}

/**
 * The repairs of everything that is open, in the texts where they can be, and what is found after them. A repair that its text refuses is
 * not made: the others are planned anew without it, because they may have built on it.
 */
function repaired(
  { result, snapshot, texts }: Judged,
  options: JudgeOptions,
  writes: boolean,
): TextEdits & { readonly after: readonly Finding[] } {
  const open = result.findings.filter(({ verdict, fix }) => verdict === 'fail' && fix?.patch !== undefined);
  const failing = new Set(open.map(({ control }) => control));
  const left = new Set(result.findings.filter(({ verdict }) => verdict === 'waived').map(placeKey));
  const controls = options.controls.filter(({ id }) => failing.has(id));
  const hindrance = hindrances(texts, writes);
  const refused: WrittenRepair[] = [];
  for (;;) {
    const plan = planRepairs(snapshot, { ...options, controls, skip: (finding) => left.has(placeKey(finding)) });
    const { edits, repairs } = editTexts(plan.repairs, texts, hindrance);
    const now = repairs.filter((repair) => repair.refused === true);
    if (now.length === 0) return { edits, repairs: [...repairs, ...refused], after: judgeSnapshot(plan.after, texts, options).findings };
    refused.push(...now);
    for (const { finding, resource } of now) left.add(placeKey({ id: finding.id, source: fileOf(resource) }));
  }
}

/** Looks at each file once. */
function hindrances(texts: ReadonlyMap<string, string>, writes: boolean): (file: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (file) => {
    if (!known.has(file)) known.set(file, hindranceOf(file, texts.get(file) ?? '', writes ? 'write' : 'diff'));
    return known.get(file);
  };
}

function placeKey({ id, source }: { readonly id: string; readonly source?: { readonly file: string } | undefined }): string {
  return `${id} ${source?.file ?? ''}`;
}

function fileOf({ origin }: Resource): { readonly file: string } | undefined {
  return origin.kind === 'file' ? origin : undefined;
}

function writeAll(edits: readonly FileEdit[], err: (text: string) => void): number {
  let failed = 0;
  for (const edit of edits) {
    const trouble = writeEdit(edit);
    if (trouble === undefined) continue;
    failed++;
    err(`error: ${problemText(trouble)}\n`);
  }
  if (edits.length > failed) err(`wrote ${counted(edits.length - failed, 'file')}\n`);
  return failed;
}

function gate(left: readonly Finding[], limit: Gate, err: (text: string) => void): number {
  const over = overGate(left, limit, false);
  if (over.length === 0) return exit.clean;
  err(`cofferdam: ${counted(over.length, 'finding')} at or over "${limit}" left (--fail-on ${limit})\n`);
  return exit.findings;
}
