// What a pod asks of the node itself: NodeUnschedulable, NodeName, TaintToleration, NodeAffinity (pkg/scheduler/framework/plugins, 1.36).

import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { matches, type Requirement, type SelectorOperator } from '../../kube/selector.ts';
import { asList, asString, dig, field, type Json, stringMap, strings } from '../../lib/json.ts';
import { type Filter, objects, type Place } from './objection.ts';

export function nodeUnschedulable(pod: Struct): Filter {
  const tolerated = tolerates(structAt(pod, 'spec'), { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' });
  return ({ node }) =>
    objects(structAt(node, 'spec').unschedulable === true && !tolerated, {
      plugin: 'NodeUnschedulable',
      says: 'node(s) were unschedulable',
      why: 'the node is unschedulable',
      resolvable: false,
    });
}

export function nodeName(pod: Struct): Filter {
  const wanted = textIn(structAt(pod, 'spec'), 'nodeName');
  return ({ name }) =>
    objects(wanted !== '' && wanted !== name, {
      plugin: 'NodeName',
      says: "node(s) didn't match the requested node name",
      why: 'the pod asks for another node',
      resolvable: false,
    });
}

export function taintToleration(pod: Struct): Filter {
  const spec = structAt(pod, 'spec');
  return ({ node }) => {
    const taint = untolerated(spec, node);
    if (taint === undefined) return [];
    const value = textIn(taint, 'value');
    return objects(true, {
      plugin: 'TaintToleration',
      says: 'node(s) had untolerated taint(s)',
      why: `untolerated taint ${textIn(taint, 'key')}${value === '' ? '' : `=${value}`}:${textIn(taint, 'effect')}`,
      resolvable: false,
    });
  };
}

/** The first taint that keeps the pod away. */
export function untolerated(spec: Struct, node: Struct): Struct | undefined {
  return structsIn(structAt(node, 'spec'), 'taints').find(
    (taint) => textIn(taint, 'effect') !== 'PreferNoSchedule' && !tolerates(spec, taint),
  );
}

export function tolerates(spec: Struct, taint: Struct): boolean {
  return structsIn(spec, 'tolerations').some((toleration) => {
    const effect = textIn(toleration, 'effect');
    const key = textIn(toleration, 'key');
    if (effect !== '' && effect !== textIn(taint, 'effect')) return false;
    if (key !== '' && key !== textIn(taint, 'key')) return false;
    const operator = textIn(toleration, 'operator');
    if (operator === 'Exists') return true;
    return (operator === '' || operator === 'Equal') && key !== '' && textIn(toleration, 'value') === textIn(taint, 'value');
  });
}

export function nodeAffinity(pod: Struct): Filter {
  const spec = structAt(pod, 'spec');
  return (place) =>
    objects(!matchesNode(spec, place), {
      plugin: 'NodeAffinity',
      says: "node(s) didn't match Pod's node affinity/selector",
      why: "the node does not match the pod's node affinity or selector",
      resolvable: false,
    });
}

/** What the scheduler concludes before it looks at any node: the names that all terms of an affinity give, or that they contradict each other. */
export function namedNodes(pod: Struct): ReadonlySet<string> | 'conflict' | undefined {
  const required = dig(structAt(pod, 'spec'), 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  const terms = asList(field(required, 'nodeSelectorTerms'));
  const names = new Set<string>();
  for (const term of terms) {
    const lists = requirements(field(term, 'matchFields'))
      .filter(({ key, operator }) => key === 'metadata.name' && operator === 'In')
      .map(({ values }) => values);
    const [first, ...more] = lists;
    if (first === undefined) return undefined;
    for (const name of first) if (more.every((list) => list.includes(name))) names.add(name);
  }
  if (terms.length === 0) return undefined;
  return names.size === 0 ? 'conflict' : names;
}

/** True where the node has what the pod's selector and required affinity ask for. */
export function matchesNode(spec: Struct, { labels, name }: Pick<Place, 'labels' | 'name'>): boolean {
  const selector = stringMap(spec.nodeSelector);
  if (!Object.keys(selector).every((key) => labels[key] === selector[key])) return false;
  return matchesTerms(dig(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'), labels, name);
}

/** True where one term of a NodeSelector holds; without a selector, always. */
export function matchesTerms(selector: Json | undefined, labels: Readonly<Record<string, string>>, name: string): boolean {
  if (selector === undefined || selector === null) return true;
  return asList(field(selector, 'nodeSelectorTerms')).some((term) => {
    const expressions = requirements(field(term, 'matchExpressions'));
    const byField = requirements(field(term, 'matchFields'));
    return expressions.length + byField.length > 0 && matches(expressions, labels) && matches(byField, { 'metadata.name': name });
  });
}

function requirements(value: Json | undefined): readonly Requirement[] {
  return asList(value).map((each) => ({
    key: asString(field(each, 'key')) ?? '',
    operator: (asString(field(each, 'operator')) ?? '') as SelectorOperator,
    values: strings(field(each, 'values')),
  }));
}
