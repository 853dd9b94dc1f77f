// Words that several formats share: how a subject, a place and a count read.

import type { Finding, ScanResult, Subject } from '../controls/result.ts';
import { type Problem, placedText, type SourcePosition } from '../lib/problem.ts';

/** `Deployment shop/cart`; the cluster itself is `cluster`. */
export function subjectText(subject: Subject): string {
  if (subject.kind === 'Cluster' && subject.name === '') return 'cluster';
  const name = subject.name === '' ? '(no name)' : subject.name;
  return `${subject.kind} ${subject.namespace === '' ? '' : `${subject.namespace}/`}${name}`;
}

/** The sign before a control's title, which says what should hold: ✗ it does not, ? not known, – waived. */
export function mark({ verdict }: { readonly verdict: Finding['verdict'] }): string {
  return verdict === 'fail' ? '✗' : verdict === 'unknown' ? '?' : '–';
}

/** `file:line:column`, the form terminals and editors make a link of; empty where there is no text. */
export function placeText(source: SourcePosition | undefined): string {
  return source === undefined ? '' : `${source.file}:${source.line}:${source.column}`;
}

/** `1 finding`, `2 findings`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

/** The closing sentence of every report: figures with their denominators. */
export function summaryText({ summary, findings }: ScanResult): string {
  const { critical, high, medium, low } = summary.bySeverity;
  const unknowns = findings.filter((finding) => finding.verdict === 'unknown').length;
  const waived = findings.filter((finding) => finding.verdict === 'waived').length;
  const looked = `${counted(summary.objects, 'object')} (${counted(summary.workloads, 'workload')}) in ${counted(summary.files, 'file')}, ${counted(summary.controls, 'control')}`;
  const open = `${critical} critical, ${high} high, ${medium} medium, ${low} low`;
  const rest = [unknowns > 0 ? `${unknowns} unknown` : '', waived > 0 ? `${waived} waived` : ''].filter((text) => text !== '');
  return `${looked}: ${open}${rest.length > 0 ? `; ${rest.join(', ')}` : ''}`;
}

/** A problem in one line. */
export function problemText(problem: Problem): string {
  return `${placedText(problem)} (${problem.code})`;
}
