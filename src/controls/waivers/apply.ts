// Waivers applied to findings. A finding that a waiver covers keeps everything and gets the verdict `waived`, with who, why and until when. A
// waiver past its day waives nothing and is a finding itself; so is one of ours that covers nothing on an object that is there. Two waivers
// never widen each other: each is asked alone. What stands on an owner holds for the pods it makes.

import type { Problem } from '../../lib/problem.ts';
import { lineStarts } from '../../lib/text.ts';
import { named } from '../../snapshot/lookup.ts';
import { controllerOf } from '../../snapshot/owners.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Finding } from '../result.ts';
import { annotationWaivers } from './annotations.ts';
import { commentWaivers } from './comments.ts';
import { aboutWaivers } from './report.ts';
import type { Waiver } from './waiver.ts';

export interface ApplyOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Text by file name, for comments and places. */
  readonly texts: ReadonlyMap<string, string>;
  /** Ids of the controls that were run: a waiver of another one is not called unused. Default: all. */
  readonly judged?: ReadonlySet<string>;
}

export interface Applied {
  /** The findings in their order, some of them waived; then findings about waivers. */
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
}

/** Applies the waivers of files (`waivers`) and those that stand on the objects and in the comments of their texts. */
export function applyWaivers(findings: readonly Finding[], snapshot: Snapshot, waivers: readonly Waiver[], options: ApplyOptions): Applied {
  const problems: Problem[] = [];
  const onObjects = waiversOnObjects(snapshot, problems);
  const comments = commentWaivers(snapshot.resources, options.texts);
  problems.push(...comments.problems);
  if (onObjects.all().length + waivers.length + comments.waivers.length === 0) return { findings, problems };
  const elsewhere = byControl([...waivers, ...comments.waivers]);
  const used = new Set<Waiver>();
  const judged = findings.map((finding): Finding => {
    const resource = finding.verdict === 'waived' ? undefined : resourceOf(snapshot, finding, options.texts);
    const own = resource === undefined ? [] : onObjects.of(resource);
    const holding = [...own.filter((waiver) => names(waiver, finding.control)), ...elsewhere(finding.control)].filter(
      (waiver) => !isExpired(waiver, options.now) && doesCover(waiver, finding, resource),
    );
    for (const waiver of holding) used.add(waiver);
    return holding[0] === undefined ? finding : waived(finding, holding[0]);
  });
  const all = [...onObjects.all(), ...waivers, ...comments.waivers];
  const expired = all.filter((waiver) => isExpired(waiver, options.now));
  const unused = all.filter((waiver) => !used.has(waiver) && !isExpired(waiver, options.now) && wasJudged(waiver, options.judged));
  const about = aboutWaivers(expired, unused, snapshot, options.texts);
  return { findings: [...judged, ...about.findings], problems: [...problems, ...about.problems] };
}

/** The first of the waivers that covers a finding now. Those that stand on the object are not asked. */
export function coveringWaiver(finding: Finding, resource: Resource, waivers: readonly Waiver[], now: number): Waiver | undefined {
  return waivers.find((waiver) => names(waiver, finding.control) && !isExpired(waiver, now) && doesCover(waiver, finding, resource));
}

function waived(finding: Finding, { reason, owner, expiry, by, family }: Waiver): Finding {
  return {
    ...finding,
    verdict: 'waived',
    waived: {
      reason: reason ?? `no reason given (${family})`,
      ...(owner === undefined ? {} : { owner }),
      ...(expiry === undefined ? {} : { until: expiry.until }),
      by,
    },
  };
}

function doesCover({ resource: own, means, covers }: Waiver, finding: Finding, resource: Resource | undefined): boolean {
  if (own === undefined && (resource === undefined || means?.(resource) !== true)) return false;
  return covers === undefined || covers(finding, resource);
}

function names({ controls }: Waiver, control: string): boolean {
  return controls === 'all' || controls.has(control);
}

function isExpired({ expiry }: Waiver, now: number): boolean {
  return expiry !== undefined && now >= expiry.ends;
}

function wasJudged({ controls }: Waiver, judged: ReadonlySet<string> | undefined): boolean {
  return controls === 'all' || judged === undefined || [...controls].some((control) => judged.has(control));
}

function byControl(waivers: readonly Waiver[]): (control: string) => readonly Waiver[] {
  const always = waivers.filter(({ controls }) => controls === 'all');
  const named = new Map<string, Waiver[]>();
  for (const waiver of waivers) {
    if (waiver.controls === 'all') continue;
    for (const control of waiver.controls) {
      const list = named.get(control);
      if (list === undefined) named.set(control, [waiver]);
      else list.push(waiver);
    }
  }
  return (control) => [...(named.get(control) ?? []), ...always];
}

interface OnObjects {
  /** Those on an object and on what owns it. */
  of(resource: Resource): readonly Waiver[];
  all(): readonly Waiver[];
}

/** Definitions are read only where a finding is about one: they are long, and nobody waives on them otherwise. */
function waiversOnObjects(snapshot: Snapshot, problems: Problem[]): OnObjects {
  const own = new Map<Resource, readonly Waiver[]>();
  const withOwners = new Map<Resource, readonly Waiver[]>();
  const standingOn = (resource: Resource): readonly Waiver[] => {
    let found = own.get(resource);
    if (found === undefined) {
      const read = annotationWaivers(resource);
      problems.push(...read.problems);
      found = read.waivers;
      own.set(resource, found);
    }
    return found;
  };
  for (const resource of snapshot.resources) if (resource.kind !== 'CustomResourceDefinition') standingOn(resource);
  return {
    of(resource) {
      let found = withOwners.get(resource);
      if (found === undefined) {
        found = chain(snapshot, resource).flatMap(standingOn);
        withOwners.set(resource, found);
      }
      return found;
    },
    all: () => [...own.values()].flat(),
  };
}

const longestChain = 8;

/** The object and its controllers. */
function chain(snapshot: Snapshot, resource: Resource): readonly Resource[] {
  const links = [resource];
  for (let next = controllerOf(snapshot, resource); next !== undefined && links.length < longestChain; next = controllerOf(snapshot, next))
    if (links.includes(next)) break;
    else links.push(next);
  return links;
}

/** The object a finding is about; of several that are written alike, the one at its place. */
function resourceOf(snapshot: Snapshot, { subject, source }: Finding, texts: ReadonlyMap<string, string>): Resource | undefined {
  const slash = subject.apiVersion.lastIndexOf('/');
  const group = slash < 0 ? '' : subject.apiVersion.slice(0, slash);
  const alike = named(snapshot, group, subject.kind, subject.namespace, subject.name);
  if (alike.length < 2 || source === undefined) return alike[0];
  const here = alike.filter(({ origin }) => origin.kind === 'file' && origin.file === source.file);
  if (here.length < 2) return here[0] ?? alike[0];
  const offset = lineStarts(texts.get(source.file) ?? '')[source.line - 1] ?? 0;
  const inDocument = ({ origin }: Resource) => origin.kind === 'file' && origin.document <= offset && offset <= origin.documentEnd;
  return here.find(inDocument) ?? here[0];
}
