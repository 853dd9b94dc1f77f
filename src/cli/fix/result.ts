// The result of `fix`: every repair with the findings it closes, and whether it stands in a text. Rendered as a diff that `git apply` and
// `patch` take, or as JSON.

import { compareFindings } from '../../controls/baseline.ts';
import { subjectOf } from '../../controls/findings.ts';
import type { WrittenRepair } from '../../controls/fix/texts.ts';
import type { Finding, Subject } from '../../controls/result.ts';
import type { JsonPatch } from '../../kube/patch/json-patch.ts';
import { printable } from '../../lib/text.ts';
import { counted, subjectText } from '../../report/words.ts';

export interface FixPatch {
  readonly control: string;
  readonly title: string;
  readonly subject: Subject;
  /** The file the object was written in; empty for objects of a cluster. */
  readonly file: string;
  /** For the object as the patches before this one left it. */
  readonly patch: JsonPatch;
  /** Ids of the findings that are gone with it. */
  readonly closes: readonly string[];
  /** True where the patch is in the diff, and with --write in the file. */
  readonly inText: boolean;
  /** Why it is not. */
  readonly reason?: string;
}

export interface FixResult {
  readonly apiVersion: 'cofferdam.dev/v1';
  readonly kind: 'FixResult';
  readonly patches: readonly FixPatch[];
  /** Open findings before, and with every patch made but those that their text refuses. */
  readonly findings: { readonly before: number; readonly after: number };
}

/** Puts repairs together with what they close. A finding closed by the way belongs to the first repair of its object. */
export function fixResult(repairs: readonly WrittenRepair[], before: readonly Finding[], after: readonly Finding[]): FixResult {
  const closed = compareFindings(before, after).removed;
  const left = new Map<string, number>();
  for (const { id } of closed) left.set(id, (left.get(id) ?? 0) + 1);
  const closes = repairs.map(({ finding }) => take(left, finding.id));
  const owner = new Map<string, number>();
  for (const [index, { resource }] of repairs.entries()) {
    const name = keyOf(subjectOf(resource, undefined));
    if (!owner.has(name)) owner.set(name, index);
  }
  for (const { id, subject } of closed) {
    const index = owner.get(keyOf(subject));
    if (index !== undefined) closes[index]?.push(...take(left, id));
  }
  return {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'FixResult',
    patches: repairs.map((repair, index) => fixPatch(repair, closes[index] ?? [])),
    findings: { before: openOf(before), after: openOf(after) },
  };
}

function take(left: Map<string, number>, id: string): string[] {
  const count = left.get(id) ?? 0;
  if (count === 0) return [];
  left.set(id, count - 1);
  return [id];
}

function fixPatch({ control, resource, patch, notWritten }: WrittenRepair, closes: readonly string[]): FixPatch {
  const { origin } = resource;
  return {
    control: control.id,
    title: control.title,
    subject: subjectOf(resource, undefined),
    file: origin.kind === 'file' ? origin.file : '',
    patch,
    closes,
    inText: notWritten === undefined,
    ...(notWritten === undefined ? {} : { reason: notWritten }),
  };
}

/** Patches that stand in no text, as lines that `patch` and `git apply` pass over. */
export function shownOnly({ patches }: FixResult): string {
  return patches
    .filter(({ inText }) => !inText)
    .map(
      ({ control, subject, patch, reason }) =>
        `# ${control} ${printable(subjectText(subject))} (${reason}): ${printable(JSON.stringify(patch))}\n`,
    )
    .join('');
}

/** `3 repairs close 5 of 12 findings; 1 is only shown`. */
export function summary({ patches, findings: { before, after } }: FixResult): string {
  const shown = patches.filter(({ inText }) => !inText).length;
  const only = shown === 0 ? '' : `; ${shown} of them only shown, each with the reason why it is not in the diff or the file`;
  return `${counted(patches.length, 'repair')}: ${counted(before, 'open finding')} before, ${after} after${only}`;
}

function keyOf({ apiVersion, kind, namespace, name }: Subject): string {
  return [apiVersion, kind, namespace, name].join('\u0000');
}

function openOf(findings: readonly Finding[]): number {
  return findings.filter(({ verdict }) => verdict === 'fail').length;
}
