// An expression in the simpler form that label selectors have, where it has one: the questions about pods that may come, and the engine's index
// of namespaces, work on that form. `undefined` stands for "it needs the expression".

import type { Requirement, Selector } from '../kube/selector.ts';
import type { Json } from '../lib/json.ts';
import type { Expression } from './expression.ts';
import type { PodMatch, Where } from './policy.ts';

const nameLabel = 'kubernetes.io/metadata.name';

/** Pods that an expression holds for; `namespace` is the policy's own. */
export function podsWhere(expression: Expression, namespace: string): PodMatch | Where {
  const parts = conjunction(expression);
  const namespaces: Requirement[] = [];
  const pods: Requirement[] = [];
  for (const part of parts) {
    const requirement = requirementOf(part);
    if (requirement === undefined) return { kind: 'where', expression };
    if (requirement.subject === 'namespace') {
      if (requirement.requirement !== undefined) namespaces.push(requirement.requirement);
    } else if (requirement.requirement !== undefined) pods.push(requirement.requirement);
  }
  const [only] = namespaces;
  const own =
    namespace !== '' && namespaces.length === 1 && only?.key === nameLabel && only.operator === 'In' && only.values.join() === namespace;
  return {
    kind: 'pods',
    namespaces: own ? undefined : namespaces,
    pods,
    written: { namespaces: own ? undefined : written(namespaces), pods: written(pods) },
  };
}

function conjunction(expression: Expression): readonly Expression[] {
  if (expression.kind === 'and') return expression.of.flatMap(conjunction);
  return expression.kind === 'always' ? [] : [expression];
}

interface Lowered {
  readonly subject: 'pods' | 'namespace';
  readonly requirement: Requirement | undefined;
}

function requirementOf(expression: Expression): Lowered | undefined {
  const negative = expression.kind === 'not';
  const inner = negative ? expression.of : expression;
  if (inner.kind !== 'is' || (inner.operator !== 'in' && inner.operator !== 'has')) return undefined;
  const operator = inner.operator === 'in' ? (negative ? 'NotIn' : 'In') : negative ? 'DoesNotExist' : 'Exists';
  const values = inner.operator === 'in' ? inner.values : [];
  switch (inner.what) {
    case 'label':
      return { subject: 'pods', requirement: { key: inner.key, operator, values } };
    case 'namespaceLabel':
      return { subject: 'namespace', requirement: { key: inner.key, operator, values } };
    case 'namespace':
      if (inner.operator === 'has') return negative ? undefined : { subject: 'namespace', requirement: undefined };
      return { subject: 'namespace', requirement: { key: nameLabel, operator, values } };
    default:
      return undefined;
  }
}

function written(selector: Selector): Json {
  const equal = selector.filter(({ operator, values }) => operator === 'In' && values.length === 1);
  const rest = selector.filter((requirement) => !equal.includes(requirement));
  return {
    matchLabels: Object.fromEntries(equal.map(({ key, values }) => [key, values[0] ?? ''])),
    ...(rest.length === 0 ? {} : { matchExpressions: rest.map(({ key, operator, values }) => ({ key, operator, values })) }),
  };
}
