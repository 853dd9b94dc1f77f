// Expressions over what is known of a pod: its labels, its namespace and service account and their labels, and Calico's profiles. The selectors
// of Calico, the label prefixes of Cilium and the principals of Istio are all read into this one form.

import type { Labels } from '../kube/selector.ts';

/** What an expression may ask about. */
export interface Facts {
  readonly namespace: string;
  readonly labels: Labels;
  readonly namespaceLabels: Labels;
  readonly serviceAccount: string;
  readonly serviceAccountLabels: Labels;
  readonly profiles: readonly string[];
  /** True where a proxy of the mesh stands before the pod. */
  readonly inMesh: boolean;
}

export type Subject =
  | 'label'
  | 'namespaceLabel'
  | 'serviceAccountLabel'
  | 'namespace'
  | 'serviceAccount'
  | 'principal'
  | 'profile'
  | 'mesh';

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | {
      readonly kind: 'is';
      readonly what: Subject;
      /** The label's key; empty for anything that is no label. */
      readonly key: string;
      readonly operator: 'has' | 'in' | 'starts' | 'ends' | 'contains';
      readonly values: readonly string[];
    }
  | { readonly kind: 'always' | 'never' };

export const always: Expression = { kind: 'always' };

/** All of these; nothing at all means always. */
export function and(...of: readonly Expression[]): Expression {
  const some = of.filter(({ kind }) => kind !== 'always');
  return some.length === 1 && some[0] !== undefined ? some[0] : some.length === 0 ? always : { kind: 'and', of: some };
}

/** Any of these; nothing at all means never. */
export function or(...of: readonly Expression[]): Expression {
  return of.length === 1 && of[0] !== undefined ? of[0] : of.length === 0 ? { kind: 'never' } : { kind: 'or', of };
}

export function not(of: Expression): Expression {
  return { kind: 'not', of };
}

/** `is('label', 'app', 'in', ['web'])`. */
export function is(
  what: Subject,
  key: string,
  operator: 'has' | 'in' | 'starts' | 'ends' | 'contains',
  values: readonly string[] = [],
): Expression {
  return { kind: 'is', what, key, operator, values };
}

/** True where the expression holds. */
export function holds(expression: Expression, facts: Facts): boolean {
  switch (expression.kind) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'and':
      return expression.of.every((part) => holds(part, facts));
    case 'or':
      return expression.of.some((part) => holds(part, facts));
    case 'not':
      return !holds(expression.of, facts);
    case 'is': {
      if (expression.what === 'mesh') return facts.inMesh;
      if (expression.what === 'profile') return facts.profiles.some((profile) => expression.values.includes(profile));
      const value = valueIn(expression.what, expression.key, facts);
      if (value === undefined) return false;
      switch (expression.operator) {
        case 'has':
          return true;
        case 'in':
          return expression.values.includes(value);
        case 'starts':
          return expression.values.some((part) => value.startsWith(part));
        case 'ends':
          return expression.values.some((part) => value.endsWith(part));
        case 'contains':
          return expression.values.some((part) => value.includes(part));
      }
    }
  }
}

function valueIn(what: Subject, key: string, facts: Facts): string | undefined {
  const of = (labels: Labels) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  switch (what) {
    case 'label':
      return of(facts.labels);
    case 'namespaceLabel':
      return of(facts.namespaceLabels);
    case 'serviceAccountLabel':
      return of(facts.serviceAccountLabels);
    case 'namespace':
      return facts.namespace === '' ? undefined : facts.namespace;
    case 'serviceAccount':
      return facts.serviceAccount === '' ? undefined : facts.serviceAccount;
    case 'principal':
      return facts.namespace === '' || facts.serviceAccount === ''
        ? undefined
        : `cluster.local/ns/${facts.namespace}/sa/${facts.serviceAccount}`;
    default:
      return undefined;
  }
}

/** Every question of an expression. */
export function* questions(expression: Expression): Generator<Extract<Expression, { kind: 'is' }>> {
  if (expression.kind === 'is') yield expression;
  else if (expression.kind === 'not') yield* questions(expression.of);
  else if (expression.kind === 'and' || expression.kind === 'or') for (const part of expression.of) yield* questions(part);
}
