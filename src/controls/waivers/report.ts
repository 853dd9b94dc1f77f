// What there is to say about waivers themselves: those past their day and those that cover nothing, as findings of two controls. Waivers of
// other tools that cover nothing are only noted: their checks and ours do not always draw the line at the same place. A waiver of a file
// whose objects are not in the input is noted too, since a scan need not be of everything.

import { fieldLocator, fieldPosition } from '../../kube/yaml/parse.ts';
import { hash } from '../../lib/hash.ts';
import { type Problem, problem, type SourcePosition } from '../../lib/problem.ts';
import { lineStarts } from '../../lib/text.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Control } from '../control.ts';
import { subjectOf } from '../findings.ts';
import type { Finding, Subject } from '../result.ts';
import { expiredWaiver, unusedWaiver } from './controls.ts';
import type { Waiver } from './waiver.ts';

/** Findings and problems about waivers. */
export function aboutWaivers(
  expired: readonly Waiver[],
  unused: readonly Waiver[],
  snapshot: Snapshot,
  texts: ReadonlyMap<string, string>,
): { readonly findings: readonly Finding[]; readonly problems: readonly Problem[] } {
  const findings = expired.map((waiver) =>
    finding(
      expiredWaiver,
      waiver,
      'expired',
      `the waiver of ${waiver.name} ended on ${waiver.expiry?.until}: it waives nothing (${waiver.by})`,
      texts,
    ),
  );
  const problems: Problem[] = [];
  const others = new Map<string, Waiver[]>();
  for (const waiver of unused) {
    const { family, by, name, source } = waiver;
    if (family !== 'cofferdam') others.set(family, [...(others.get(family) ?? []), waiver]);
    else if (isPresent(waiver, snapshot))
      findings.push(finding(unusedWaiver, waiver, 'unused', `the waiver of ${name} covers no finding (${by})`, texts));
    else problems.push(problem('waiver/unused', `${by}: no object of this input is meant by the waiver of ${name}`, source, 'note'));
  }
  for (const [family, list] of others) {
    const [first] = list;
    const rest = list.length > 1 ? ` and ${list.length - 1} more of ${family}` : '';
    problems.push(problem('waiver/unused', `${first?.by}: the waiver of ${first?.name}${rest} covers no finding`, first?.source, 'note'));
  }
  return { findings, problems };
}

function isPresent({ resource, means }: Waiver, snapshot: Snapshot): boolean {
  return resource !== undefined || snapshot.resources.some((candidate) => means?.(candidate) === true);
}

function finding(control: Control, waiver: Waiver, reason: string, detail: string, texts: ReadonlyMap<string, string>): Finding {
  const subject: Subject =
    waiver.resource === undefined
      ? { apiVersion: '', kind: 'Waiver', namespace: '', name: waiver.name }
      : subjectOf(waiver.resource, undefined);
  const path = waiver.path ?? '';
  const id = hash([control.id, subject.kind, subject.namespace, subject.name, waiver.name, path, waiver.reason ?? ''].join('\u0000'));
  const source = waiver.source ?? placeOf(waiver, texts);
  return {
    id,
    control: control.id,
    title: control.title,
    severity: control.severity,
    verdict: 'fail',
    subject,
    ...(source === undefined ? {} : { source }),
    path,
    reason,
    detail,
    evidence: [],
    fix: { description: control.fix },
    root: id,
  };
}

function placeOf({ resource, path }: Waiver, texts: ReadonlyMap<string, string>): SourcePosition | undefined {
  if (resource?.origin.kind !== 'file') return undefined;
  const { file, document, documentEnd, pointer } = resource.origin;
  const text = texts.get(file);
  const range = text === undefined ? undefined : fieldLocator(text.slice(document, documentEnd))?.(pointer + (path ?? '/metadata'));
  return text === undefined || range === undefined ? { file, line: 1, column: 1 } : fieldPosition(file, lineStarts(text), document, range);
}
