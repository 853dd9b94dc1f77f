// The syntax tree of a CEL expression (cel-spec, syntax.proto). Every node knows where it stands in the text: `start` and `end` are
// UTF-16 offsets, so the text of a sub-expression is a slice of the source. Nodes are told apart by identity.

import type { Value } from './value.ts';

export interface Place {
  readonly start: number;
  readonly end: number;
  /** Where the type checker's complaints point, as cel-go has it: the operator, dot or bracket; the start where absent. */
  readonly mark?: number;
}

export interface Literal extends Place {
  readonly kind: 'literal';
  readonly value: Value;
}

export interface Ident extends Place {
  readonly kind: 'ident';
  readonly name: string;
}

export interface Select extends Place {
  readonly kind: 'select';
  readonly operand: Node;
  readonly field: string;
  /** The argument of `has()`: asks whether the field is there. */
  readonly testOnly: boolean;
}

export interface Call extends Place {
  readonly kind: 'call';
  readonly name: string;
  readonly target?: Node;
  readonly args: readonly Node[];
}

export interface ListLiteral extends Place {
  readonly kind: 'list';
  readonly elements: readonly Node[];
  /** Indexes of elements written `?e`. */
  readonly optional: ReadonlySet<number>;
}

export interface Entry<Key> {
  readonly key: Key;
  readonly value: Node;
  readonly optional: boolean;
  /** The colon. */
  readonly mark?: number;
}

export interface MapLiteral extends Place {
  readonly kind: 'map';
  readonly entries: readonly Entry<Node>[];
}

export interface Struct extends Place {
  readonly kind: 'struct';
  readonly type: string;
  readonly fields: readonly Entry<string>[];
}

/** What the macros over lists and maps become: a fold with a condition. */
export interface Comprehension extends Place {
  readonly kind: 'comprehension';
  readonly range: Node;
  readonly variable: string;
  /** With a second variable the first is the index or key and the second the element or value. */
  readonly second?: string;
  readonly accumulator: string;
  readonly initial: Node;
  readonly condition: Node;
  readonly step: Node;
  readonly result: Node;
}

export type Node = Literal | Ident | Select | Call | ListLiteral | MapLiteral | Struct | Comprehension;

/** The variable that macros accumulate in; no user can write this name. */
export const accumulator = '@result';

/** Something wrong with the text or its types, at an offset. */
export interface Issue extends Place {
  readonly code: 'cel/syntax' | 'cel/type' | 'cel/limit';
  readonly message: string;
}

/** A dotted name such as `a.b.c`; undefined where the node is anything else. */
export function qualifiedName(node: Node): string | undefined {
  if (node.kind === 'ident') return node.name;
  if (node.kind !== 'select' || node.testOnly) return undefined;
  const prefix = qualifiedName(node.operand);
  return prefix === undefined ? undefined : `${prefix}.${node.field}`;
}
