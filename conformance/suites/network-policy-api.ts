// What can reach what under NetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy: conformance tests of the
// network policy API, the policy assistant's cases and cyclonus' generated ones. Every probe and every character of a truth table counts.

import type { KubeObject } from '../../src/kube/object.ts';
import type { Json } from '../../src/lib/json.ts';
import { type Network, network } from '../../src/network/network.ts';
import type { Protocol } from '../../src/network/port-set.ts';
import { resource, snapshot } from '../../src/snapshot/snapshot.ts';
import { type CaseResult, json, jsonLines, type Suite } from '../suite.ts';

interface PodRow {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ip?: string;
  readonly node?: string;
  readonly hostNetwork?: boolean;
  readonly ports?: readonly { readonly name: string; readonly port: number; readonly protocol: string }[];
}
interface NodeRow {
  readonly labels: Readonly<Record<string, string>>;
  readonly ip: string;
}
interface Table {
  readonly ingress: readonly string[];
  readonly egress: readonly string[];
  readonly both: readonly string[];
}
interface Step {
  readonly policies: readonly KubeObject[];
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly pods: readonly PodRow[] | string;
  readonly tables?: Readonly<Record<string, Table>>;
}
interface Case extends Step {
  readonly id: string;
  readonly kind: 'anp-v1alpha1' | 'cnp-v1alpha2' | 'assistant' | 'cyclonus';
  readonly probes?: readonly { from: string; to: string; port: number; protocol: Protocol; expect: boolean }[];
  readonly steps?: readonly Step[];
}

export const networkPolicyApi: Suite = {
  name: 'network-policy-api',
  async *run(folder, note) {
    let answers = 0;
    let right = 0;
    for await (const one of jsonLines<Case>(folder, 'cases.jsonl')) {
      const wrong: string[] = [];
      for (const step of one.steps ?? [one]) {
        const judged = judge(folder, one, step);
        answers += judged.answers;
        right += judged.answers - judged.wrong.length;
        wrong.push(...judged.wrong);
      }
      const result: CaseResult = { id: one.id, passed: wrong.length === 0, detail: `${wrong.length} wrong, first: ${wrong[0] ?? ''}` };
      yield result;
    }
    note(`${right} of ${answers} single answers`);
  },
};

function judge(folder: string, one: Case, step: Step): { readonly answers: number; readonly wrong: readonly string[] } {
  const cluster =
    typeof step.pods === 'string'
      ? json<{ pods: readonly PodRow[]; nodes: Readonly<Record<string, NodeRow>> }>(
          folder,
          step.pods.includes('/') ? step.pods : `cluster/${step.pods}`,
        )
      : { pods: step.pods, nodes: {} };
  const objects: KubeObject[] = [
    ...Object.entries(step.namespaces).map(([name, labels]) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })),
    ...Object.entries(cluster.nodes).map(([name, { labels, ip }]) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels },
      status: { addresses: [{ type: 'InternalIP', address: ip }] },
    })),
    ...cluster.pods.map((pod) => podObject(pod, one.kind === 'cyclonus')),
    ...step.policies,
  ];
  const net = network(snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) }));
  const place = new Map(
    net.workloads.flatMap(({ endpoints }) => endpoints).map((end) => [`${end.resource.namespace}/${end.name}`, net.places.placeOf(end)]),
  );
  const at = (name: string) => place.get(name) ?? -1;
  let answers = 0;
  const wrong: string[] = [];
  for (const { from, to, port, protocol, expect } of one.probes ?? []) {
    answers++;
    const found = net.ports.has(net.allowed(at(from), at(to)), protocol, port);
    if (found !== expect) wrong.push(`${from} to ${to} ${protocol} ${port}: expected ${expect}`);
  }
  const names = cluster.pods.map(({ namespace, name }) => `${namespace}/${name}`);
  for (const [key, table] of Object.entries(step.tables ?? {})) {
    const [protocol = '', port = ''] = key.split('/');
    for (const side of ['ingress', 'egress', 'both'] as const)
      for (const [row, line] of table[side].entries())
        for (const [column, character] of [...line].entries()) {
          if (character === '#') continue;
          answers++;
          const [from, to] = [names[row] ?? '', names[column] ?? ''];
          const found = net.ports.has(answer(net, side, at(from), at(to)), protocol as Protocol, Number(port));
          if (found !== (character === '.')) wrong.push(`${side} ${from} to ${to} ${key}: expected ${character}`);
        }
  }
  return { answers, wrong };
}

function answer(net: Network, side: 'ingress' | 'egress' | 'both', from: number, to: number): number {
  return side === 'both' ? net.allowed(from, to) : net[side](from, to);
}

function podObject(pod: PodRow, generated: boolean): KubeObject {
  const ports = generated
    ? ['TCP', 'UDP', 'SCTP'].flatMap((protocol) =>
        [80, 81].map((port) => ({ name: `serve-${port}-${protocol.toLowerCase()}`, port, protocol })),
      )
    : (pod.ports ?? []);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod.name, namespace: pod.namespace, labels: pod.labels },
    spec: {
      containers: [
        { name: 'c', image: 'example.com/c:1', ports: ports.map(({ name, port, protocol }) => ({ name, protocol, containerPort: port })) },
      ],
      ...(pod.hostNetwork === true ? { hostNetwork: true } : {}),
      ...(pod.node === undefined ? {} : { nodeName: pod.node }),
    } as Json,
    ...(pod.ip === undefined ? {} : { status: { podIPs: [{ ip: pod.ip }] } }),
  } as KubeObject;
}
