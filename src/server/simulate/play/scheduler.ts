// The scheduler, played: a node that has room, the one with the fewest pods first, or the sentence that says why there is none
// (pkg/scheduler/framework, FitError, 1.36). Scores, affinity between pods and volumes are not looked at; nobody is preempted.

import type { Struct } from '../../../kube/schema/defaults/struct.ts';
import { asString, dig, type JsonObject } from '../../../lib/json.ts';
import { type NodeFit, placement } from '../../../request/scheduling/placement.ts';
import { write } from '../../../request/write.ts';
import { nameOf, pods, type Stage } from './stage.ts';

/** The name of a node, or why no node takes the pod. */
export function chooseNode(pod: JsonObject, { store }: Stage['world']): { readonly node: string } | { readonly why: string } {
  const fits = placement(pod as unknown as Struct, store);
  const counts = new Map<string, number>();
  for (const each of store.list(pods)) {
    const node = asString(dig(each, 'spec', 'nodeName'));
    if (node !== undefined) counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  const [first] = fits
    .filter(({ reasons }) => reasons.length === 0)
    .map(({ node }) => node)
    .sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0) || (a < b ? -1 : 1));
  return first === undefined ? { why: whyNone(fits) } : { node: first };
}

/** Binds through the API, as the scheduler does: that is where a pod gets the labels of its node's zone. */
export function bind({ world, namespace }: Stage, pod: JsonObject, node: string): boolean {
  const name = nameOf(pod);
  const value = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target: { kind: 'Node', name: node } };
  const request = {
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/pods/${name}/binding`,
    query: {},
    user: { name: 'system:kube-scheduler', groups: ['system:authenticated'] },
    userAgent: 'kube-scheduler/v1.36.3',
    body: { kind: 'json' as const, value },
  };
  return write(request, world.writing()).code === 201;
}

/** What the scheduler calls the reasons, each node's first filter that fails; and whether making room could help. */
const words: readonly (readonly [start: string, says: string, resolvable: boolean])[] = [
  ['the node is unschedulable', 'node(s) were unschedulable', false],
  ['untolerated taint', 'node(s) had untolerated taint(s)', false],
  ['the node does not match', "node(s) didn't match Pod's node affinity/selector", false],
  ['a host port', "node(s) didn't have free ports for the requested pod ports", true],
];

function whyNone(fits: readonly NodeFit[]): string {
  if (fits.length === 0) return 'no nodes available to schedule pods';
  const said = fits.map(({ reasons: [first = '', ...others] }) => {
    const known = words.find(([start]) => first.startsWith(start));
    if (known !== undefined) return { says: [known[1]], resolvable: known[2] };
    const short = [first, ...others].map((each) => `${each.charAt(0).toUpperCase()}${each.slice(1)}`);
    return { says: short, resolvable: false };
  });
  const none = `0/${fits.length} nodes are available:`;
  const help = said.map(({ resolvable }) =>
    resolvable ? 'No preemption victims found for incoming pod' : 'Preemption is not helpful for scheduling',
  );
  return `${none} ${counted(said.flatMap(({ says }) => says))}. no new claims to deallocate, preemption: ${none} ${counted(help)}.`;
}

function counted(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}
