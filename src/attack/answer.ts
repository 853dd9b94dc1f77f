// The questions of the commands, over a snapshot and words for places: paths, the smallest fix with its certificate, and what a change of
// the snapshot opens and closes. Words of places that only one of two snapshots has count as nothing in the other.

import { allows } from '../identity/access-review.ts';
import type { RecordedRequest } from '../identity/audit-requests.ts';
import type { Problem } from '../lib/problem.ts';
import { ok, type Result } from '../lib/result.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { attackGraph } from './build.ts';
import { smallestFixSet } from './fix-set.ts';
import type { AttackGraph } from './graph.ts';
import type { AttackPath } from './path.ts';
import { attackPaths, type PathsFound } from './paths.ts';
import { placedAll, usualGoals, usualStarts } from './places.ts';
import { applied, type Repair } from './repair.ts';
import { vertexId } from './vertex.ts';

/** Where attackers start and what must not be theirs. */
export interface Threat {
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** True leaves out what is not known for sure. */
  readonly knownOnly: boolean;
}

export const usualThreat: Threat = { from: usualStarts, to: usualGoals, knownOnly: false };

/** The vertices that the words of a threat stand for. */
export interface Ends {
  readonly graph: AttackGraph;
  readonly starts: readonly number[];
  readonly goals: readonly number[];
}

function endsOf(snapshot: Snapshot, { from, to }: Threat): Result<Ends, Problem> {
  const graph = attackGraph(snapshot);
  const starts = placedAll(graph, from);
  if (!starts.ok) return starts;
  const goals = placedAll(graph, to);
  return goals.ok ? ok({ graph, starts: starts.value, goals: goals.value }) : goals;
}

export interface Paths extends PathsFound {
  readonly ends: Ends;
}

/** The attack paths of a snapshot. */
export function pathsIn(
  snapshot: Snapshot,
  threat: Threat,
  { most = 200, each = 1 }: { readonly most?: number; readonly each?: number } = {},
): Result<Paths, Problem> {
  const ends = endsOf(snapshot, threat);
  if (!ends.ok) return ends;
  const { graph, starts, goals } = ends.value;
  return ok({ ends: ends.value, ...attackPaths(graph, { starts, goals, most, each, knownOnly: threat.knownOnly }) });
}

export interface Fix {
  readonly repair: Repair;
  /** Paths of today that need what it takes away. */
  readonly closes: readonly AttackPath[];
  /** Recorded requests that were allowed and would be refused. */
  readonly breaks: readonly RecordedRequest[];
}

/** The engine's answer over the snapshot with every fix made. */
export interface Certificate {
  readonly before: number;
  readonly left: readonly AttackPath[];
  /** True where no way is left. */
  readonly holds: boolean;
  readonly vertices: number;
  readonly arcs: number;
}

export interface FixPlan {
  readonly fixes: readonly Fix[];
  readonly effort: number;
  readonly proved: boolean;
  readonly remaining: readonly AttackPath[];
  readonly certificate: Certificate;
  readonly after: Snapshot;
  readonly graph: AttackGraph;
  /** Undefined where no recorded requests were given: what the fixes break is not known. */
  readonly recorded: number | undefined;
}

/** The smallest set of changes that cuts the paths, what each closes and breaks, and the proof: the engine run again. */
export function fixesFor(snapshot: Snapshot, threat: Threat, recorded?: readonly RecordedRequest[]): Result<FixPlan, Problem> {
  const ends = endsOf(snapshot, threat);
  if (!ends.ok) return ends;
  const { graph, starts, goals } = ends.value;
  const before = attackPaths(graph, { starts, goals, most: 200, each: 1, knownOnly: threat.knownOnly });
  const { repairs, effort, proved, remaining } = smallestFixSet(graph, starts, goals, threat.knownOnly);
  const after = repairs.length === 0 ? snapshot : applied(snapshot, repairs);
  const closed = closedBy(before.paths);
  const fixes = repairs.map(
    (repair): Fix => ({
      repair,
      closes: closed.get(repair.id) ?? [],
      breaks: breaksOf(snapshot, repair, recorded ?? []),
    }),
  );
  const again = attackGraph(after);
  const left = leftIn(after, threat);
  return ok({
    fixes,
    effort,
    proved,
    remaining,
    certificate: { before: before.paths.length, left, holds: left.length === 0, vertices: again.vertices.length, arcs: again.arcs.length },
    after,
    graph,
    recorded: recorded?.length,
  });
}

/** The paths that each change takes away, by its id. */
function closedBy(paths: readonly AttackPath[]): ReadonlyMap<string, readonly AttackPath[]> {
  const map = new Map<string, AttackPath[]>();
  for (const path of paths)
    for (const { id } of path.repairs) {
      const known = map.get(id);
      if (known === undefined) map.set(id, [path]);
      else known.push(path);
    }
  return map;
}

/** Starts that are looked into where sides are compared: a start left out would look like a path closed. */
const mostCompared = 2000;

/** The paths of a changed snapshot; words that mean nothing any more stand for nothing. */
function leftIn(snapshot: Snapshot, threat: Threat): readonly AttackPath[] {
  const graph = attackGraph(snapshot);
  const known = (words: readonly string[]) => words.flatMap((word) => (placedAll(graph, [word]).ok ? [word] : []));
  const found = pathsIn(snapshot, { ...threat, from: known(threat.from), to: known(threat.to) }, { most: mostCompared });
  return found.ok ? found.value.paths : [];
}

function breaksOf(snapshot: Snapshot, repair: Repair, recorded: readonly RecordedRequest[]): readonly RecordedRequest[] {
  const used = recorded.filter(({ allowed }) => allowed);
  if (used.length === 0) return [];
  const { withoutToken } = repair;
  if (withoutToken !== undefined) {
    const name = `system:serviceaccount:${withoutToken.namespace}:${withoutToken.name}`;
    return used.filter(({ user }) => user.name === name);
  }
  const after = applied(snapshot, [repair]);
  return used.filter(({ user, wanted }) => allows(snapshot, user, wanted) && !allows(after, user, wanted));
}

export interface PathChanges {
  readonly added: readonly AttackPath[];
  readonly removed: readonly AttackPath[];
  readonly unchanged: number;
}

/**
 * What a change opens and closes. A path is added where its start could not reach its goal before, or only at a higher price; it is removed
 * where its start cannot reach the goal any more.
 */
export function comparePaths(before: Snapshot, after: Snapshot, threat: Threat): PathChanges {
  const [old, now] = [byEnds(leftIn(before, threat)), byEnds(leftIn(after, threat))];
  const added = [...now].flatMap(([ends, path]) => {
    const known = old.get(ends);
    return known === undefined || path.cost < known.cost || (path.known && !known.known) ? [path] : [];
  });
  const removed = [...old].flatMap(([ends, path]) => (now.has(ends) ? [] : [path]));
  return { added, removed, unchanged: now.size - added.length };
}

function byEnds(paths: readonly AttackPath[]): ReadonlyMap<string, AttackPath> {
  const map = new Map<string, AttackPath>();
  for (const path of paths) {
    const key = `${vertexId(path.from)} ${['node', 'control-plane'].includes(path.to.kind) ? 'node' : path.to.kind === 'cloud' ? 'cloud' : vertexId(path.to)}`;
    if (!map.has(key)) map.set(key, path);
  }
  return map;
}
