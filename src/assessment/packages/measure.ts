// What packages are worth: the engine is run again after each of them, once from the heaviest on and once the other way round, and a package
// is worth the mean of what went away with it. Where two packages close one way each counts half of it, and all values together are exactly
// what is gone when everything is done. Severities are never added up for it.

import { attackGraph } from '../../attack/build.ts';
import type { Control } from '../../controls/control.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { weightOf } from './group.ts';
import type { Group, Remedy, Value } from './package.ts';
import { attackRisk } from './reach.ts';
import { type Patched, type RepairIndex, remedied } from './remedy.ts';

/** A weakness that no way of today uses still counts: a tenth of its own risk. */
export const latentShare = 0.1;

export interface Measured {
  readonly values: ReadonlyMap<string, Value>;
  readonly remedies: ReadonlyMap<string, Remedy>;
  /** Points of attackers today, and with every measured package done. */
  readonly attack: { readonly before: number; readonly after: number };
  readonly runs: number;
}

/** Objects times packages that are looked at twice: a few seconds. */
const budget = 20_000;
const fewest = 5;

/** Measures the heaviest groups, as many as the budget allows by the size of the snapshot; the others are estimated. */
export function measured(
  snapshot: Snapshot,
  groups: readonly Group[],
  controls: ReadonlyMap<string, Control>,
  index: RepairIndex,
  now: number,
): Measured {
  const ranked = groups.toSorted((a, b) => weightOf(b) - weightOf(a) || (a.id < b.id ? -1 : 1));
  const most = Math.max(fewest, Math.floor(budget / Math.max(1, snapshot.resources.length)));
  const remedies = new Map<string, Remedy>();
  const chosen: Group[] = [];
  for (const group of ranked) {
    const tried = chosen.length < most ? remedied(snapshot, group, controls, index, now).remedy : written(group);
    remedies.set(group.id, tried);
    if (chosen.length < most && (tried.patches.length > 0 || tried.repairs.length > 0)) chosen.push(group);
  }
  const before = attackRisk(attackGraph(snapshot));
  const step = (state: Snapshot, group: Group): Patched => remedied(state, group, controls, index, now);
  const forward = drops(snapshot, before, chosen, step);
  const backward = drops(snapshot, before, chosen.toReversed(), step);
  const values = new Map(groups.map((group) => [group.id, worthOf(group, remedies.get(group.id), forward, backward, before)]));
  const gone = [...forward.values()].reduce((sum, points) => sum + points, 0);
  return { values, remedies, attack: { before, after: before - gone }, runs: 2 * chosen.length };
}

/** What goes away with each group where they are done one after the other. */
function drops(
  snapshot: Snapshot,
  before: number,
  groups: readonly Group[],
  step: (state: Snapshot, group: Group) => Patched,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let state = snapshot;
  let risk = before;
  for (const group of groups) {
    const { after } = step(state, group);
    const next = after === state ? risk : Math.min(risk, attackRisk(attackGraph(after)));
    found.set(group.id, risk - next);
    risk = next;
    state = after;
  }
  return found;
}

/** Patches of findings as the scan wrote them, none of them tried. */
function written({ members }: Group): Remedy {
  const patches = members.flatMap(({ finding }) => (finding.fix?.patch === undefined ? [] : [{ finding, patch: finding.fix.patch }]));
  return { patches, repairs: [], closed: new Set(patches.map(({ finding }) => finding.id)).size };
}

function worthOf(
  group: Group,
  remedy: Remedy | undefined,
  forward: ReadonlyMap<string, number>,
  backward: ReadonlyMap<string, number>,
  before: number,
): Value {
  const latent = weightOf(group) * latentShare;
  const [first, last] = [forward.get(group.id), backward.get(group.id)];
  if (first === undefined || last === undefined) {
    const why =
      remedy === undefined || (remedy.patches.length === 0 && remedy.repairs.length === 0)
        ? 'no patch is known that the engine could try: only the weaknesses themselves are counted'
        : 'not tried, the snapshot is large: only the weaknesses themselves are counted';
    return { points: round(latent), basis: 'estimated', heaviestFirst: 0, heaviestLast: 0, why };
  }
  const share = before === 0 ? 0 : Math.round(((first + last) / 2 / before) * 100);
  const why =
    first + last === 0
      ? 'the engine finds no way that this closes today: the weaknesses themselves are counted'
      : `the engine run again without it: attackers lose ${share} of 100 points of what they get today`;
  return { points: round((first + last) / 2 + latent), basis: 'measured', heaviestFirst: round(first), heaviestLast: round(last), why };
}

function round(points: number): number {
  return Math.round(points * 100) / 100;
}
