// Where a pod could run: every node of the state held against what the scheduler's filters ask, with the reason for each that does not fit
// (pkg/scheduler/framework/plugins, Kubernetes 1.36: NodeName, NodeUnschedulable, TaintToleration, NodeAffinity, NodePorts, NodeResourcesFit).
// Left out: affinity between pods, spreading, volumes, device claims, scoring: a node that fits here may still not be chosen.

import { addQuantities, compareQuantities, type Quantity } from '../kube/quantity.ts';
import { type Struct, structAt, structsIn, textIn } from '../kube/schema/defaults/struct.ts';
import { matches, type Requirement, type SelectorOperator } from '../kube/selector.ts';
import { asList, asNumber, asString, dig, field, type Json, stringMap, strings } from '../lib/json.ts';
import { amountsIn, count, podAmounts } from './admission/amounts.ts';
import type { State } from './state.ts';

export interface NodeFit {
  readonly node: string;
  /** Why the pod cannot run there; empty where it can. */
  readonly reasons: readonly string[];
}

/** Every node, by name, with what speaks against it. */
export function placement(pod: Struct, state: State): readonly NodeFit[] {
  const pods = state.list({ group: '', resource: 'pods' });
  return state.list({ group: '', resource: 'nodes' }).map((node) => {
    const name = asString(dig(node, 'metadata', 'name')) ?? '';
    const there = pods.filter((each) => dig(each, 'spec', 'nodeName') === name && !isOver(each));
    return { node: name, reasons: reasonsAgainst(pod, node as unknown as Struct, there as readonly unknown[] as readonly Struct[]) };
  });
}

function isOver(pod: unknown): boolean {
  const phase = dig(pod, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed';
}

function reasonsAgainst(pod: Struct, node: Struct, there: readonly Struct[]): readonly string[] {
  const spec = structAt(pod, 'spec');
  const name = textIn(structAt(node, 'metadata'), 'name');
  const reasons: string[] = [];
  const wanted = textIn(spec, 'nodeName');
  if (wanted !== '' && wanted !== name) reasons.push('the pod asks for another node');
  if (structAt(node, 'spec').unschedulable === true && !tolerates(spec, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }))
    reasons.push('the node is unschedulable');
  for (const taint of structsIn(structAt(node, 'spec'), 'taints'))
    if (textIn(taint, 'effect') !== 'PreferNoSchedule' && !tolerates(spec, taint)) {
      const value = textIn(taint, 'value');
      reasons.push(`untolerated taint ${textIn(taint, 'key')}${value === '' ? '' : `=${value}`}:${textIn(taint, 'effect')}`);
      break;
    }
  if (!matchesNode(spec, node)) reasons.push("the node does not match the pod's node affinity or selector");
  const taken = portsOf(there);
  if (portsOf([pod]).some((port) => taken.includes(port))) reasons.push('a host port that the pod asks for is taken');
  return [...reasons, ...insufficient(pod, node, there)];
}

function tolerates(spec: Struct, taint: Struct): boolean {
  return structsIn(spec, 'tolerations').some((toleration) => {
    const effect = textIn(toleration, 'effect');
    const key = textIn(toleration, 'key');
    if (effect !== '' && effect !== textIn(taint, 'effect')) return false;
    if (textIn(toleration, 'operator') === 'Exists') return key === '' || key === textIn(taint, 'key');
    return key === textIn(taint, 'key') && textIn(toleration, 'value') === textIn(taint, 'value');
  });
}

function matchesNode(spec: Struct, node: Struct): boolean {
  const labels = stringMap(structAt(node, 'metadata').labels);
  const selector = stringMap(spec.nodeSelector);
  if (!Object.keys(selector).every((key) => labels[key] === selector[key])) return false;
  const required = dig(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');
  if (required === undefined) return true;
  const fields = { 'metadata.name': textIn(structAt(node, 'metadata'), 'name') };
  return asList(required).some((term) => {
    const expressions = requirements(field(term, 'matchExpressions'));
    const byField = requirements(field(term, 'matchFields'));
    return expressions.length + byField.length > 0 && matches(expressions, labels) && matches(byField, fields);
  });
}

function requirements(value: Json | undefined): readonly Requirement[] {
  return asList(value).map((each) => ({
    key: asString(field(each, 'key')) ?? '',
    operator: (asString(field(each, 'operator')) ?? '') as SelectorOperator,
    values: strings(field(each, 'values')),
  }));
}

function portsOf(pods: readonly Struct[]): readonly string[] {
  return pods.flatMap((pod) =>
    structsIn(structAt(pod, 'spec'), 'containers').flatMap((container) =>
      structsIn(container, 'ports').flatMap((port) =>
        (asNumber(port.hostPort) ?? 0) === 0 ? [] : [`${textIn(port, 'hostIP')}:${port.hostPort}/${textIn(port, 'protocol') || 'TCP'}`],
      ),
    ),
  );
}

function insufficient(pod: Struct, node: Struct, there: readonly Struct[]): readonly string[] {
  const allocatable = amountsIn(structAt(node, 'status', 'allocatable'));
  if (allocatable.size === 0) return [];
  const used = new Map<string, Quantity>([['pods', count(there.length)]]);
  for (const each of there)
    for (const [name, amount] of podAmounts(each, 'requests')) used.set(name, addQuantities(used.get(name) ?? count(0), amount));
  const asked = new Map(podAmounts(pod, 'requests')).set('pods', count(1));
  return [...asked]
    .filter(
      ([name, amount]) =>
        amount.mantissa > 0n && compareQuantities(addQuantities(used.get(name) ?? count(0), amount), allocatable.get(name) ?? count(0)) > 0,
    )
    .map(([name]) => (name === 'pods' ? 'too many pods' : `insufficient ${name}`));
}
