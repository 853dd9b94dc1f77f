// The scheduler, played: a node that has room, the one with the fewest pods first, or the sentence that says why there is none
// for the pod and who goes for it. Scores are not looked at; the sentence is empty where the scheduler does not look at the pod yet.

import { nameOf } from '../../../kube/metadata.ts';
import type { Struct } from '../../../kube/schema/defaults/struct.ts';
import { asString, dig, type JsonObject } from '../../../lib/json.ts';
import { fitError } from '../../../request/scheduling/fit-error.ts';
import { judgeNodes } from '../../../request/scheduling/placement.ts';
import { type Candidate, preempted } from '../../../request/scheduling/preemption.ts';
import { write } from '../../../request/write/write.ts';
import { pods, type Stage } from './stage.ts';

/** The name of a node, or why no node takes the pod, and where room is made for it. */
export function chooseNode(
  pod: JsonObject,
  { store }: Stage['world'],
): { readonly node: string } | { readonly why: string; readonly preempts?: Candidate | undefined } {
  const placement = judgeNodes(pod as unknown as Struct, store);
  const why = placement.before === undefined ? undefined : fitError(placement);
  if (why !== undefined) return { why };
  const free = placement.nodes.filter(({ objections }) => objections.length === 0).map(({ node }) => node);
  if (free.length === 0) return { why: fitError(placement) ?? '', preempts: preempted(placement.preemption).preempts?.[0] };
  const counts = new Map<string, number>();
  for (const each of store.list(pods)) {
    const node = asString(dig(each, 'spec', 'nodeName'));
    if (node !== undefined) counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  const [first = ''] = free.sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0) || (a < b ? -1 : 1));
  return { node: first };
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
