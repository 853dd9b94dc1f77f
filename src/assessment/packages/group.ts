// Findings put together into packages of work, at most as many as a team can look through. Weaknesses that matter stand alone: one control,
// one template origin, one owner. The rest is grouped by kind of work; and where there are still too many, the groups that weigh least are
// put together step by step: over files of a folder, over origins, over owners. Every finding is in exactly one package, whatever its place in the input.

import { hash } from '../../lib/hash.ts';
import type { Group, Weighed } from './package.ts';

export const mostPackages = 60;

type Key = (one: Weighed) => readonly string[];

const alone: Key = ({ finding, theme, origin, owner }) => [theme, finding.control, origin.kind, origin.name, owner.name];
const byOrigin: Key = ({ theme, origin, owner }) => [
  theme,
  '',
  origin.kind,
  origin.kind === 'file' ? folderOf(origin.name) : origin.name,
  owner.name,
];
const byOwner: Key = ({ theme, owner }) => [theme, '', '', '', owner.name];
const byTheme: Key = ({ theme }) => [theme, '', '', '', ''];

function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

/** Where a weakness stands alone at first. */
const notable = new Set(['critical', 'high']);

/** The packages: a partition of the findings, at most `most` of them (and never fewer than there are kinds of work). */
export function grouped(weighed: readonly Weighed[], most = mostPackages): readonly Group[] {
  const fine = partition(weighed, (one) => (notable.has(one.finding.severity) ? alone(one) : byOrigin(one)));
  if (fine.length <= most) return fine;
  const weights = new Map(fine.map((group) => [group.id, weightOf(group)]));
  const ranked = fine.toSorted((a, b) => (weights.get(b.id) ?? 0) - (weights.get(a.id) ?? 0) || order(a.id, b.id));
  for (const coarser of [byOrigin, byOwner, byTheme]) {
    // All members of a fine group have one coarser key.
    const keys = ranked.map(({ members }) => members.slice(0, 1).map((one) => coarser(one).join('\u0000'))[0] ?? '');
    for (let kept = most; kept >= 0; kept--) {
      if (kept + new Set(keys.slice(kept)).size > most) continue;
      const rest = ranked.slice(kept).flatMap(({ members }) => members);
      return merged([...ranked.slice(0, kept), ...partition(rest, coarser)]);
    }
  }
  return merged(partition(weighed, byTheme));
}

/** A group kept whole and a coarser one may have the same key: then they are one. */
function merged(groups: readonly Group[]): readonly Group[] {
  const byId = Map.groupBy(groups, ({ id }) => id);
  return [...byId.values()]
    .flatMap((same) => {
      const [first] = same;
      return first === undefined ? [] : [{ ...first, members: sorted(same.flatMap(({ members }) => members)) }];
    })
    .sort((a, b) => order(a.id, b.id));
}

function partition(weighed: readonly Weighed[], key: Key): readonly Group[] {
  const groups = Map.groupBy(weighed, (one) => key(one).join('\u0000'));
  return [...groups]
    .map(([name, members]) => groupOf(name, sorted(members)))
    .flatMap((group) => group ?? [])
    .sort((a, b) => order(a.id, b.id));
}

function groupOf(name: string, members: readonly Weighed[]): Group | undefined {
  const [first] = members;
  if (first === undefined) return undefined;
  const origins = new Set(members.map(({ origin }) => `${origin.kind} ${origin.name}`));
  const owners = new Set(members.map(({ owner }) => owner.name));
  return {
    id: `${first.theme}-${hash(name).slice(0, 8)}`,
    members,
    theme: first.theme,
    origin: origins.size === 1 ? first.origin : { kind: 'several', name: `${origins.size} places` },
    owner: owners.size === 1 ? first.owner : { name: 'platform', by: `${owners.size} owners share it` },
  };
}

/** The heaviest first; of equals by name, so that the order of the input does not matter. */
function sorted(members: readonly Weighed[]): readonly Weighed[] {
  return members.toSorted((a, b) => b.risk.score - a.risk.score || order(a.finding.id, b.finding.id) || order(placeOf(a), placeOf(b)));
}

function placeOf({ finding: { source, path } }: Weighed): string {
  return `${source?.file ?? ''} ${String(source?.line ?? 0).padStart(8, '0')} ${path}`;
}

/** What a group weighs: its causes, each by its heaviest finding. */
export function weightOf({ members }: Pick<Group, 'members'>): number {
  const causes = new Map<string, number>();
  for (const { finding, risk } of members) causes.set(finding.root, Math.max(causes.get(finding.root) ?? 0, risk.score));
  return [...causes.values()].reduce((sum, score) => sum + score, 0);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
