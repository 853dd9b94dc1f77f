// A document as a tree of nodes with their places in the text: what composing yields, and what constructing, locating and editing share.
// JSON texts give the same tree, in flow style.

import type { ProblemCode, ProblemLevel } from '../../lib/problem.ts';

export type NodeKind = 'scalar' | 'alias' | 'sequence' | 'mapping';
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';
export type CollectionStyle = 'block' | 'flow';

/** One node. All kinds have all fields, so that every node has one shape. Offsets are UTF-16 units of the document's text. */
export interface TextNode {
  readonly kind: NodeKind;
  readonly style: ScalarStyle | CollectionStyle;
  /** Where the node begins, anchor and tag left aside: a quote, a bracket, the first dash or key. */
  readonly start: number;
  /** Where it ends; a block collection ends with its last member, a block scalar behind its last line. */
  readonly end: number;
  /** Where its anchor or tag begins; `start` where it has none. */
  readonly propertiesStart: number;
  readonly anchor: string | undefined;
  /** The full tag (`tag:yaml.org,2002:int`, `!local`); undefined where none is written. */
  readonly tag: string | undefined;
  /** A scalar's text, unquoted and unfolded; an alias's name; empty for collections. */
  readonly text: string;
  /** Items of a sequence; key, value, key, value … of a mapping. */
  readonly children: readonly TextNode[];
}

/** Something to tell about a document, at an offset of its text. */
export interface TextIssue {
  readonly code: ProblemCode;
  readonly level: ProblemLevel;
  readonly message: string;
  readonly offset: number;
}

/** Deepest nesting that is read. Kubernetes' own objects stay below 60; kubectl goes to 10,000. */
export const maxDepth = 400;
