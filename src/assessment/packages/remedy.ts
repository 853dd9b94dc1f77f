// What closes a package, as far as the engine knows: the patches that its controls propose, one after the other on the objects as they are
// then, and for findings without one the changes that the attack graph offers for the edges they are about.

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
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Group, Remedy } from './package.ts';
import { edgesOf } from './weaknesses.ts';

export interface Patched {
  readonly remedy: Remedy;
  readonly after: Snapshot;
}

/** Arcs of the attack graph by what their repairs change, made once. */
export interface RepairIndex {
  readonly of: (subject: Subject) => readonly Offered[];
  /** Changes that take a role's holders away. */
  readonly ofHolders: (subject: Subject) => readonly Offered[];
}

interface Offered {
  readonly repair: Repair;
  readonly edges: ReadonlySet<string>;
}

/** The repairs that change each object, with the edges they close. */
export function repairIndex(graph: AttackGraph): RepairIndex {
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

/** Makes every change that is known to close findings of a group. */
export function remedied(before: Snapshot, group: Group, controls: ReadonlyMap<string, Control>, index: RepairIndex, now: number): Patched {
  const wanted = new Set(group.members.map(({ finding }) => finding.id));
  const own = [...new Set(group.members.map(({ finding }) => finding.control))].flatMap((id) => controls.get(id) ?? []);
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
  const able = own.filter(({ repair }) => repair !== undefined);
  const plan = able.length === 0 ? undefined : planRepairs(cut, { controls: able, now, skip: ({ id }) => !wanted.has(id) });
  const after = plan?.after ?? cut;
  const left = after === before ? wanted.size : openAfter(after, own, wanted, now);
  const byHand = standIns.size > 0 && chosen.length === 0 && (plan?.repairs.length ?? 0) === 0;
  return {
    remedy: {
      patches: (plan?.repairs ?? []).map(({ finding, patch }) => ({ finding, patch })),
      repairs: chosen,
      standIns: [...standIns.values()],
      closed: byHand ? 0 : Math.max(0, wanted.size - left),
    },
    after,
  };
}

/** Of several changes of an object, those of the container that the finding is about. */
function narrowest(offered: readonly Offered[], { subject: { container } }: Finding): readonly Offered[] {
  if (container === undefined) return offered;
  const own = offered.filter(({ repair }) => repair.text.includes(`container ${container} `));
  return own.length > 0 ? own : offered;
}

/** Findings of the group that the controls still have. */
function openAfter(after: Snapshot, controls: readonly Control[], wanted: ReadonlySet<string>, now: number): number {
  const open = new Set<string>();
  for (const { id } of finish(runControls(after, { controls, now }).findings, after, () => undefined)) if (wanted.has(id)) open.add(id);
  return open.size;
}

/** The objects that two snapshots differ in. */
export function changedObjects(
  before: Snapshot,
  after: Snapshot,
): readonly { readonly before: Resource; readonly after: Resource | undefined }[] {
  const kept = new Set(after.resources);
  const gone = before.resources.filter((one) => !kept.has(one));
  const key = ({ group, kind, namespace, name }: Resource) => `${group}/${kind}/${namespace}/${name}`;
  const now = new Map(after.resources.map((one) => [key(one), one]));
  return gone.map((one) => ({ before: one, after: now.get(key(one)) }));
}
