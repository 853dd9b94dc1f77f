// What packages are worth: the engine is run again after each of them, in several orders (from the heaviest on, the other way round, and mixed
// ones, always the same), and a package is worth the mean of what went away with it: an estimate of its Shapley value. Where two packages
// close one way they share it, and all values together are exactly what is gone when everything is done. Severities are never added up.

import { attackGraph } from '../../attack/build.ts';
import type { Control } from '../../controls/control.ts';
import { hash } from '../../lib/hash.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { weightOf } from './group.ts';
import type { Group, Remedy, Value } from './package.ts';
import { attackRisk } from './reach.ts';
import { closedBy, type Patched, remedied } from './remedy.ts';

/** A weakness counts by itself as well, whether or not a way of today uses it: a small part of its own risk. */
export const latentShare = 0.03;

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
export function measured(snapshot: Snapshot, groups: readonly Group[], controls: ReadonlyMap<string, Control>, now: number): Measured {
  const ranked = groups.toSorted((a, b) => weightOf(b) - weightOf(a) || (a.id < b.id ? -1 : 1));
  const most = Math.max(fewest, Math.floor(budget / Math.max(1, snapshot.resources.length)));
  const remedies = new Map<string, Remedy>();
  const chosen: Group[] = [];
  for (const group of ranked) {
    const tried = chosen.length < most ? tryOut(snapshot, group, controls, now) : written(group);
    remedies.set(group.id, tried);
    if (chosen.length < most && canTry(tried)) chosen.push(group);
  }
  const before = attackRisk(attackGraph(snapshot));
  const step = (state: Snapshot, group: Group): Patched => remedied(state, group, controls, now);
  const runs = ordersOf(chosen, snapshot.resources.length).map((order) => drops(snapshot, before, order, step));
  const values = new Map(groups.map((group) => [group.id, worthOf(group, remedies.get(group.id), runs, before)]));
  const gone = [...(runs[0]?.values() ?? [])].reduce((sum, points) => sum + points, 0);
  return { values, remedies, attack: { before, after: before - gone }, runs: runs.length * chosen.length };
}

function canTry({ patches, repairs, standIns }: Remedy): boolean {
  return patches.length > 0 || repairs.length > 0 || standIns.length > 0;
}

const mostOrders = 8;

/** The orders that packages are done in: more of them where the snapshot is small. */
function ordersOf(chosen: readonly Group[], objects: number): readonly (readonly Group[])[] {
  const count = Math.max(2, Math.min(mostOrders, Math.floor(budget / Math.max(1, objects * chosen.length))));
  const mixed = Array.from({ length: count - 2 }, (_, index) =>
    chosen
      .map((group) => ({ group, key: hash(`${index} ${group.id}`) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ group }) => group),
  );
  return [chosen, chosen.toReversed(), ...mixed];
}

function tryOut(snapshot: Snapshot, group: Group, controls: ReadonlyMap<string, Control>, now: number): Remedy {
  const patched = remedied(snapshot, group, controls, now);
  return { ...patched.remedy, closed: closedBy(patched, snapshot, group, controls, now) };
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
  return { patches, repairs: [], standIns: [], closed: new Set(patches.map(({ finding }) => finding.id)).size };
}

function worthOf(group: Group, remedy: Remedy | undefined, runs: readonly ReadonlyMap<string, number>[], before: number): Value {
  const latent = weightOf(group) * latentShare;
  const gone = runs.flatMap((run) => run.get(group.id) ?? []);
  if (gone.length === 0) {
    const why =
      remedy === undefined || !canTry(remedy)
        ? 'no patch is known that the engine could try: only the weaknesses themselves are counted'
        : 'not tried, the snapshot is large: only the weaknesses themselves are counted';
    return { points: round(latent), basis: 'estimated', low: round(latent), high: round(latent), why };
  }
  const mean = gone.reduce((sum, points) => sum + points, 0) / gone.length;
  const share = before === 0 ? 0 : Math.round((mean / before) * 100);
  const why =
    mean === 0
      ? 'the engine finds no way that this closes today: the weaknesses themselves are counted'
      : `the engine run again${(remedy?.standIns.length ?? 0) > 0 ? ' without whoever has the right' : ''}: attackers lose ${share === 0 ? 'less than 1' : share} of 100 points of what they get today`;
  return {
    points: round(mean + latent),
    basis: 'measured',
    low: round(Math.min(...gone) + latent),
    high: round(Math.max(...gone) + latent),
    why,
  };
}

function round(points: number): number {
  return Math.round(points * 100) / 100;
}
