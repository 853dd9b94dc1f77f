// Where a field stands in the text: a JSON pointer walked down a document's nodes. Nothing is paid for documents nobody asks about.
// A pointer into a merged or aliased part leads to where that part was written.

import { isMergeKey, scalarKey } from './key.ts';
import type { TextNode } from './node.ts';

/** Half-open offset range. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Offsets of a field within one document's text. */
export interface FieldRange {
  /** The key, where the field has one of its own here. */
  readonly key?: TextRange;
  readonly value: TextRange;
  /** False where the field itself is absent and the range is that of the deepest parent present. */
  readonly exact: boolean;
}

/** How the members of a node are found: at once in YAML, on demand in JSON. */
export interface TextTree {
  readonly root: TextNode;
  children(node: TextNode): readonly TextNode[];
  /** Every anchored node, in the order of the text. */
  anchors(): readonly TextNode[];
}

interface Child {
  readonly key?: TextRange;
  readonly value: TextNode;
}

/** Finds the field `tokens` name, or the deepest parent of it that exists. */
export function locate(tree: TextTree, tokens: readonly string[]): FieldRange {
  let here: Child = { value: tree.root };
  let exact = true;
  for (const token of tokens) {
    const child: Child | undefined = step(tree, here.value, token, 0);
    if (child === undefined) {
      exact = false;
      break;
    }
    here = child;
  }
  const value = { start: here.value.start, end: here.value.end };
  return here.key === undefined ? { value, exact } : { key: here.key, value, exact };
}

const maxIndirection = 50;

function step(tree: TextTree, node: TextNode, token: string, hops: number): Child | undefined {
  if (hops > maxIndirection) return undefined;
  if (node.kind === 'alias') {
    const target = anchorOf(tree, node);
    return target === undefined ? undefined : step(tree, target, token, hops + 1);
  }
  if (node.kind === 'mapping') return member(tree, node, token, hops);
  if (node.kind !== 'sequence' || !/^(?:0|[1-9][0-9]{0,9})$/.test(token)) return undefined;
  const value = tree.children(node)[Number(token)];
  return value === undefined ? undefined : { value };
}

/** The last member of that key, or of a merge, whichever stands later; a merge overrides what stands before it. */
function member(tree: TextTree, node: TextNode, token: string, hops: number): Child | undefined {
  const children = tree.children(node);
  for (let index = children.length - 2; index >= 0; index -= 2) {
    const key = children[index] as TextNode;
    const value = children[index + 1] as TextNode;
    if (isMergeKey(key)) {
      for (const source of value.kind === 'sequence' ? tree.children(value) : [value]) {
        const child = step(tree, source, token, hops + 1);
        if (child !== undefined) return child;
      }
    } else if (keyOf(tree, key) === token) return { key: { start: key.start, end: key.end }, value };
  }
  return undefined;
}

function keyOf(tree: TextTree, key: TextNode): string | undefined {
  const target = key.kind === 'alias' ? anchorOf(tree, key) : key;
  return target?.kind === 'scalar' ? scalarKey(target) : undefined;
}

/** The last node of that name before the alias; reused anchors are legal. */
export function anchorOf(tree: TextTree, alias: TextNode): TextNode | undefined {
  return tree.anchors().findLast((node) => node.anchor === alias.text && node.start < alias.start);
}

/** The tree of a composed document. */
export function treeOf(root: TextNode): TextTree {
  let anchors: readonly TextNode[] | undefined;
  return {
    root,
    children: (node) => node.children,
    anchors() {
      anchors ??= anchored(root, []);
      return anchors;
    },
  };
}

function anchored(node: TextNode, found: TextNode[]): TextNode[] {
  if (node.anchor !== undefined) found.push(node);
  for (const child of node.children) anchored(child, found);
  return found;
}
