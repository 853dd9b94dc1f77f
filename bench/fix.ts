// Whether every control's repairs hold on real manifests: each control by itself repairs a copy of the small corpus (or of the folder given),
// and afterwards finds nothing there that it could repair, while documents without a repair and all comments but those on what was taken out are as they were.
// By hand: `node bench/fix.ts [FOLDER]`.

import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planRepairs } from '../src/controls/fix/plan.ts';
import { editTexts, type FileEdit } from '../src/controls/fix/texts.ts';
import { catalogue } from '../src/controls/index.ts';
import { runControls } from '../src/controls/run.ts';
import { loadSchemas } from '../src/kube/schema/load.ts';
import { splitDocuments } from '../src/kube/yaml/split.ts';
import { newestKnownVersion, snapshot } from '../src/snapshot/snapshot.ts';
import { load } from '../src/sources/load.ts';

const corpus = process.argv[2] ?? join(import.meta.dirname, '..', '..', 'shared', 'corpus', 'small');
if (!existsSync(corpus)) {
  console.log('the corpus is not beside this checkout');
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'cofferdam-fix-'));
cpSync(corpus, folder, { recursive: true });
await loadSchemas(newestKnownVersion);
const now = Date.UTC(2026, 10, 1);
const faults: string[] = [];
const totals = { controls: 0, files: 0, repairs: 0, shown: 0, left: 0 };

try {
  const before = await read();
  for (const control of catalogue) {
    if (control.repair === undefined) continue;
    const plan = planRepairs(before.state, { controls: [control], now });
    if (plan.repairs.length === 0) continue;
    const { edits, repairs } = editTexts(plan.repairs, before.texts, () => undefined);
    for (const edit of edits) writeFileSync(edit.file, edit.after);
    const after = await read();
    const again = planRepairs(after.state, { controls: [control], now }).repairs;
    const shown = repairs.filter(({ notWritten }) => notWritten !== undefined).length;
    if (again.length > shown) faults.push(`${control.id}: ${again.length} repairs are left, ${shown} of them were only shown`);
    const opened = fails(after.state, control) - fails(before.state, control);
    if (opened > 0) faults.push(`${control.id}: ${opened} more findings than before`);
    for (const edit of edits) compare(control.id, edit, repairs.length);
    for (const edit of edits) writeFileSync(edit.file, edit.before);
    totals.controls++;
    totals.files += edits.length;
    totals.repairs += repairs.length - shown;
    totals.shown += shown;
    totals.left += fails(after.state, control);
  }
} finally {
  rmSync(folder, { recursive: true });
}
for (const fault of faults) console.log(`FAIL ${fault}`);
const { controls, files, repairs, shown, left } = totals;
console.log(
  `${controls} controls made ${repairs} repairs in ${files} texts (${shown} only shown); ${left} findings have no patch; ${faults.length} faults`,
);
process.exitCode = faults.length > 0 ? 1 : 0;

async function read() {
  const loaded = await load([folder], { render: 'never' });
  return { texts: loaded.texts, state: snapshot({ resources: loaded.resources }) };
}

function fails(state: Parameters<typeof runControls>[0], control: (typeof catalogue)[number]): number {
  return runControls(state, { controls: [control], now }).findings.filter(({ outcome }) => outcome.verdict === 'fail').length;
}

function compare(control: string, { file, before, after }: FileEdit, repairs: number): void {
  const [old, now] = [documentsOf(before), documentsOf(after)];
  if (old.length !== now.length) faults.push(`${control}: ${file} has other documents than before`);
  const changed = old.filter((text, index) => text !== now[index]);
  if (changed.length > repairs) faults.push(`${control}: ${file} changed in ${changed.length} documents`);
  const kept = new Set(after.split('\n'));
  const lines = before.split('\n');
  const content = lines.findIndex((line, index) => isComment(line) && !kept.has(line) && !goesWith(lines, index, kept));
  if (content >= 0) faults.push(`${control}: ${file} lost the comment ${lines[content]}`);
}

function isComment(line: string): boolean {
  return line.trimStart().startsWith('#');
}

/** A comment above or below a line that was taken out goes with it. */
function goesWith(lines: readonly string[], index: number, kept: ReadonlySet<string>): boolean {
  const below = lines.slice(index).find((line) => !isComment(line));
  const above = lines.slice(0, index).findLast((line) => !isComment(line));
  return (below !== undefined && !kept.has(below)) || (above !== undefined && !kept.has(above));
}

function documentsOf(text: string): readonly string[] {
  return splitDocuments(text).map(({ start, end }) => text.slice(start, end));
}
