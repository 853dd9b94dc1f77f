// What closes a package, as far as the engine knows: the patches that its controls propose, one after the other on the objects as they are
// then, and for findings without one the changes that the attack graph offers for the edges they are about.

import { attackGraph } from '../../attack/build.ts';
import type { Arc, AttackGraph } from '../../attack/graph.ts';
import { applied, type Change, type Repair } from '../../attack/repair.ts';
import type { Control } from '../../controls/control.ts';
import { finish } from '../../controls/findings.ts';
import { planRepairs } from '../../controls/fix/plan.ts';
import type { Finding, Subject } from '../../controls/result.ts';
import { runControls } from '../../controls/run.ts';
import { groupVersion } from '../../kube/object.ts';
import { at } from '../../lib/graph/csr.ts';
import { asString, dig } from '../../lib/json.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Group, Remedy } from './package.ts';
import { edgesOf } from './weaknesses.ts';

export interface Patched {
  readonly remedy: Omit<Remedy, 'closed'>;
  readonly after: Snapshot;
}

/** Arcs of the attack graph by what their repairs change, made once. */
interface RepairIndex {
  readonly of: (subject: Subject) => readonly Offered[];
  /** Changes that take a role's holders away. */
  readonly ofHolders: (subject: Subject) => readonly Offered[];
}

interface Offered {
  readonly repair: Repair;
  readonly edges: ReadonlySet<string>;
}

/** The repairs that change each object, with the edges they close. */
function repairIndex(graph: AttackGraph): RepairIndex {
  const found = new Map<string, Map<string, { readonly repair: Repair; readonly edges: Set<string> }>>();
  for (const arc of graph.arcs) {
    if (arc.repairs.length === 0) continue;
    const edges = edgesBehind(graph, arc);
    if (edges.length === 0) continue;
    for (const repair of arc.repairs)
      for (const key of new Set(repair.changes.flatMap((change) => [...keyOfChange(change), ...keyOfRole(change)]))) {
        const own = found.get(key) ?? new Map();
        found.set(key, own);
        const entry = own.get(repair.id) ?? { repair, edges: new Set<string>() };
        own.set(repair.id, entry);
        for (const edge of edges) entry.edges.add(edge);
      }
  }
  const offered = (key: string): readonly Offered[] => [...(found.get(key)?.values() ?? [])];
  return {
    of: ({ apiVersion, kind, namespace, name }) => offered(`${groupVersion(apiVersion).group}/${kind}/${namespace}/${name}`),
    ofHolders: ({ kind, namespace, name }) => offered(`holders of ${kind} ${namespace}/${name}`),
  };
}

/** The role that a binding gives, as a key of its own. */
function keyOfRole(change: Change): readonly string[] {
  if (change.kind === 'add' || !change.resource.kind.endsWith('RoleBinding')) return [];
  const { object, namespace } = change.resource;
  const kind = asString(dig(object, 'roleRef', 'kind')) ?? '';
  return [`holders of ${kind} ${kind === 'Role' ? namespace : ''}/${asString(dig(object, 'roleRef', 'name')) ?? ''}`];
}

/** The edge of an arc; of a premise, the edges that what it leads to makes possible. */
function edgesBehind(graph: AttackGraph, arc: Arc): readonly string[] {
  if (arc.edge !== '') return [arc.edge];
  const edges = new Set<string>();
  let here = [arc.to];
  for (let step = 0; step < 3; step++) {
    const next: number[] = [];
    for (const vertex of here.slice(0, 200)) {
      const { starts, arcs } = graph.rows.out;
      for (let place = at(starts, vertex); place < at(starts, vertex + 1); place++) {
        const out = graph.arcs[at(arcs, place)];
        if (out === undefined) continue;
        if (out.edge !== '') edges.add(out.edge);
        else if (out.role === 'premise') next.push(out.to);
      }
    }
    here = next;
  }
  return [...edges];
}

function keyOfChange(change: Change): readonly string[] {
  if (change.kind === 'add') return [];
  const { group, kind, namespace, name } = change.resource;
  return [`${group}/${kind}/${namespace}/${name}`];
}

/** Makes every change that is known to close findings of a group, in a snapshot that other groups may have changed already. */
export function remedied(before: Snapshot, group: Group, controls: ReadonlyMap<string, Control>, now: number): Patched {
  const index = repairsOf(attackGraph(before));
  const wanted = new Set(group.members.map(({ finding }) => finding.id));
  const repairs = new Map<string, Repair>();
  const standIns = new Map<string, Repair>();
  for (const { finding } of group.members) {
    const edges = Object.hasOwn(edgesOf, finding.control) ? (edgesOf[finding.control] ?? []) : [];
    if (edges.length === 0) continue;
    const offered = index.of(finding.subject).filter((one) => edges.some((edge) => one.edges.has(edge)));
    for (const { repair } of offered.length > 0 ? [] : index.ofHolders(finding.subject)) standIns.set(repair.id, repair);
    for (const { repair } of narrowest(offered, finding)) repairs.set(repair.id, repair);
  }
  const chosen = [...repairs.values()];
  const tried = [...chosen, ...standIns.values()];
  const cut = tried.length === 0 ? before : applied(before, tried);
  const able = controlsOf(group, controls).filter(({ repair }) => repair !== undefined);
  const plan = able.length === 0 ? undefined : planRepairs(cut, { controls: able, now, skip: ({ id }) => !wanted.has(id) });
  const patches = (plan?.repairs ?? []).map(({ finding, patch }) => ({ finding, patch }));
  return { remedy: { patches, repairs: chosen, standIns: [...standIns.values()] }, after: plan?.after ?? cut };
}

/** Findings of a group that are gone where its changes are made; none where only stand-ins were tried. */
export function closedBy(
  { remedy, after }: Patched,
  before: Snapshot,
  group: Group,
  controls: ReadonlyMap<string, Control>,
  now: number,
): number {
  if (after === before || (remedy.patches.length === 0 && remedy.repairs.length === 0)) return 0;
  const wanted = new Set(group.members.map(({ finding }) => finding.id));
  const run = runControls(after, { controls: controlsOf(group, controls), now });
  const open = new Set(finish(run.findings, after, () => undefined).flatMap(({ id }) => (wanted.has(id) ? [id] : [])));
  return wanted.size - open.size;
}

function controlsOf({ members }: Group, controls: ReadonlyMap<string, Control>): readonly Control[] {
  return [...new Set(members.map(({ finding }) => finding.control))].flatMap((id) => controls.get(id) ?? []);
}

const indexes = new WeakMap<AttackGraph, RepairIndex>();

function repairsOf(graph: AttackGraph): RepairIndex {
  let index = indexes.get(graph);
  if (index === undefined) {
    index = repairIndex(graph);
    indexes.set(graph, index);
  }
  return index;
}

/** Of several changes of an object, those of the container that the finding is about. */
function narrowest(offered: readonly Offered[], { subject: { container } }: Finding): readonly Offered[] {
  if (container === undefined) return offered;
  const own = offered.filter(({ repair }) => repair.text.includes(`container ${container} `));
  return own.length > 0 ? own : offered;
}
