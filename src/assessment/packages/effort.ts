// What a package takes, in person-days, as a sum with its terms: the kind of work, the templates to change, the teams to talk to, restarts of
// what keeps state, changes of nodes or control plane; less where patches are known to close it. Starting values; finished work tunes them.

import { dig } from '../../lib/json.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import type { Effort, Group, Remedy } from './package.ts';
import { themes } from './themes.ts';

/** How finished work compared with its middle estimate. */
export interface Experience {
  /** Multiplies the middle estimate. */
  readonly p50: number;
  /** Eight of ten stayed under this multiple. */
  readonly p80: number;
  /** Finished packages it rests on. */
  readonly from: number;
}

const perTemplate = 0.15;
const perOwner = 0.25;
const forState = 0.5;
const forPlatform = 2;
/** Ways in which middle estimates miss, by how much of the work is known as patches. */
const spread: Readonly<Record<string, number>> = { '0.3': 1.5, '0.6': 1.8, '1': 2 };

/** Ratios of days spent to days estimated, made into factors; fewer than five say nothing. `experienceOf([])` is `undefined`. */
export function experienceOf(ratios: readonly number[]): Experience | undefined {
  const known = ratios.filter((ratio) => Number.isFinite(ratio) && ratio > 0).sort((a, b) => a - b);
  if (known.length < 5) return undefined;
  const at = (share: number) => known[Math.min(known.length - 1, Math.floor(share * known.length))] ?? 1;
  return { p50: at(0.5), p80: Math.max(at(0.5), at(0.8)), from: known.length };
}

/** The effort of a group. */
export function effortOf(
  { members, theme }: Pick<Group, 'members' | 'theme'>,
  { closed, repairs }: Pick<Remedy, 'closed' | 'repairs'>,
  resourceOf: (one: Group['members'][number]) => Resource | undefined,
  experience?: Experience,
): Effort {
  const templates = new Set(members.map(({ origin }) => `${origin.kind} ${origin.name}`)).size;
  const owners = new Set(members.map(({ owner }) => owner.name)).size;
  const resources = new Set(members.map(resourceOf));
  const stateful = [...resources].some((one) => one !== undefined && keepsState(one));
  const platform =
    theme === 'control-plane' ||
    members.some(({ finding }) => finding.subject.kind === 'Node' || finding.control === 'reliability/kubernetes-eol');
  const terms = [
    { text: `kind of work: ${themes[theme].title.toLowerCase()}`, days: themes[theme].days },
    { text: `${templates} ${templates === 1 ? 'template' : 'templates'}`, days: perTemplate * templates },
    { text: `${owners} ${owners === 1 ? 'team' : 'teams'}`, days: perOwner * owners },
    ...(stateful ? [{ text: 'restart of something that keeps state', days: forState }] : []),
    ...(platform ? [{ text: 'change of nodes or control plane', days: forPlatform }] : []),
  ];
  const wanted = new Set(members.map(({ finding }) => finding.id)).size;
  const factor = closed >= wanted ? 0.3 : closed > 0 || repairs.length > 0 ? 0.6 : 1;
  const middle = terms.reduce((sum, { days }) => sum + days, 0) * factor;
  const why =
    factor === 1
      ? 'no patch is known: done by hand'
      : closed > 0
        ? `patches were tried and close ${factor === 0.3 ? 'all' : `${closed} of ${wanted}`} findings`
        : 'a patch cuts the way of the attack; the rest is done by hand';
  return {
    p50: days(middle * (experience?.p50 ?? 1)),
    p80: days(middle * (experience === undefined ? (spread[String(factor)] ?? 2) : experience.p80)),
    terms: terms.map((term) => ({ ...term, days: days(term.days) })),
    factor,
    why: experience === undefined ? why : `${why}; scaled by ${experience.from} finished packages`,
  };
}

function keepsState({ kind, object }: Resource): boolean {
  return kind === 'StatefulSet' || kind === 'PersistentVolumeClaim' || dig(object, 'spec', 'volumeClaimTemplates') !== undefined;
}

function days(value: number): number {
  return Math.round(value * 100) / 100;
}
