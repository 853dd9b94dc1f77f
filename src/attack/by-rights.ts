// Edges that rights alone decide: whoever holds every right of the list in a scope gains what the edge says there. Rights for the whole
// cluster count in each namespace; what is held by different subjects counts together, since an attacker keeps what he gains.

import type { Edge, Example, Technique } from './edge.ts';
import type { Evidence } from './graph.ts';
import type { Repair } from './repair.ts';
import { type Right, right } from './right.ts';
import type { Scene } from './scene.ts';

/** One thing gained. */
export interface Gain {
  readonly vertex: number;
  readonly known?: boolean;
  readonly cost?: number;
  readonly evidence?: readonly Evidence[];
  /** Repairs beside those of the rights: what else would take it away. */
  readonly repairs?: readonly Repair[];
}

/** One set of rights that is enough. */
export interface Way {
  readonly needs: readonly string[];
  /** What is gained in a scope, '' being the whole cluster; `scope` is that of the object for rights about one. */
  readonly gain: (scene: Scene, scope: string) => readonly Gain[];
  /** What is gained where the last right is held for one name only. Without it, rights for names count as none. */
  readonly gainNamed?: (scene: Scene, scope: string, name: string) => readonly Gain[];
  /** True where one object of the kind is as good as all: rights for a name count as full. */
  readonly anyNameSuffices?: true;
}

export interface RightsEdge {
  readonly id: string;
  readonly title: string;
  readonly gains: string;
  readonly technique: Technique;
  readonly fix: string;
  readonly cost: number;
  readonly example: Example;
  readonly ways: readonly Way[];
  /** False where the version has the way closed. */
  readonly when?: (scene: Scene) => boolean;
}

/** Makes an edge of rights. */
export function byRights(edge: RightsEdge): Edge {
  const { id, title, ways, gains, technique, fix, cost, example } = edge;
  const rights = ways.map((way) => ({ way, rights: way.needs.map(right) }));
  return {
    id,
    title,
    needs: ways.map(({ needs }) => needs.join(' and ')),
    gains,
    technique,
    fix,
    cost,
    example,
    derive: (scene) => {
      if (edge.when?.(scene) === false) return;
      for (const { way, rights: needed } of rights) derive(scene, edge, way, needed);
    },
  };
}

function derive(scene: Scene, edge: RightsEdge, way: Way, rights: readonly Right[]): void {
  for (const scope of commonScopes(scene, rights)) {
    const gains = way.gain(scene, scope);
    const needs = () => rights.map((one) => scene.rights.at(one, scopeFor(one, scope)));
    if (gains.length > 0) connect(scene, edge, needs(), scope, '', gains);
  }
  const last = rights[rights.length - 1];
  if (last === undefined || (way.gainNamed === undefined && way.anyNameSuffices !== true)) return;
  const others = rights.slice(0, -1);
  const open = others.length === 0 ? undefined : new Set(commonScopes(scene, others));
  for (const { scope, name } of scene.rights.namesOf(last)) {
    if (open !== undefined && !open.has(scope) && !open.has('')) continue;
    const gains = way.gainNamed?.(scene, scope, name) ?? way.gain(scene, scope);
    if (gains.length === 0) continue;
    const held = others.map((one) => scene.rights.at(one, scopeFor(one, scope)));
    connect(scene, edge, [...held, scene.rights.at(last, scope, name)], scope, name, gains);
  }
}

/** Rights of cluster-scoped things are held in the cluster, whatever namespace the others are for. */
function scopeFor(one: Right, scope: string): string {
  return one.object !== undefined ? one.object.namespace : one.clusterOnly ? '' : scope;
}

/** The scopes in which each right is held, there or in the whole cluster; no namespace where the cluster has them all already. */
function commonScopes(scene: Scene, rights: readonly Right[]): readonly string[] {
  const held = rights.map((one) => ({ one, scopes: new Set(scene.rights.scopesOf(one)) }));
  const holds = (scope: string) =>
    held.every(({ one, scopes }) => scopes.has(scopeFor(one, scope)) || (one.object === undefined && !one.clusterOnly && scopes.has('')));
  const candidates = new Set(
    held.flatMap(({ one, scopes }) => (one.clusterOnly && one.object === undefined && rights.length > 1 ? [] : [...scopes])),
  );
  return [...new Set(['', ...candidates])].filter(holds).sort();
}

function connect({ graph }: Scene, edge: RightsEdge, needs: readonly number[], scope: string, name: string, gains: readonly Gain[]): void {
  const [only] = needs;
  let from = only;
  if (needs.length > 1) {
    from = graph.vertex('step', scope, `${edge.id}${name === '' ? '' : ` ${name}`} ${needs.join()}`);
    for (const need of new Set(needs)) graph.arc(need, from, { role: 'premise', cost: 0 });
  }
  if (from === undefined) return;
  for (const { vertex, known, cost, evidence, repairs } of gains)
    graph.arc(from, vertex, {
      edge: edge.id,
      cost: (cost ?? edge.cost) + (known === false ? 3 : 0),
      ...(known === undefined ? {} : { known }),
      ...(evidence === undefined ? {} : { evidence }),
      ...(repairs === undefined ? {} : { repairs }),
    });
}
