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
  members(node: TextNode): MemberIndex;
  /** What an alias stands for: the last node of that anchor before it, as anchors may be used again. */
  anchor(alias: TextNode): TextNode | undefined;
}

/** Where in a mapping's children the last key of each name stands, and where merge keys stand. */
export interface MemberIndex {
  readonly keys: ReadonlyMap<string, number>;
  readonly merges: readonly number[];
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
    const target = tree.anchor(node);
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
  const { keys, merges } = tree.members(node);
  const index = keys.get(token) ?? -1;
  for (const at of merges.toReversed()) {
    if (at < index) break;
    const merged = children[at + 1] as TextNode;
    for (const source of merged.kind === 'sequence' ? tree.children(merged) : [merged]) {
      const child = step(tree, source, token, hops + 1);
      if (child !== undefined) return child;
    }
  }
  const key = children[index];
  const value = children[index + 1];
  return index < 0 || key === undefined || value === undefined ? undefined : { key: { start: key.start, end: key.end }, value };
}

/** The tree of a composed document. */
export function treeOf(root: TextNode): TextTree {
  return textTree(root, (node) => node.children);
}

/** A tree over nodes whose members `children` gives. */
export function textTree(root: TextNode, children: (node: TextNode) => readonly TextNode[]): TextTree {
  const indexes = new Map<TextNode, MemberIndex>();
  let anchors: ReadonlyMap<string, readonly TextNode[]> | undefined;
  const tree: TextTree = {
    root,
    children,
    members(node) {
      let index = indexes.get(node);
      if (index === undefined) {
        index = indexOf(tree, node);
        indexes.set(node, index);
      }
      return index;
    },
    anchor(alias) {
      anchors ??= anchored(root);
      return anchors.get(alias.text)?.findLast((node) => node.start < alias.start);
    },
  };
  return tree;
}

function indexOf(tree: TextTree, node: TextNode): MemberIndex {
  const keys = new Map<string, number>();
  const merges: number[] = [];
  for (const [at, key] of tree.children(node).entries()) {
    if (at % 2 === 1) continue;
    const target = key.kind === 'alias' ? tree.anchor(key) : key;
    const name = target?.kind === 'scalar' ? scalarKey(target) : undefined;
    if (isMergeKey(key)) merges.push(at);
    else if (name !== undefined) keys.set(name, at);
  }
  return { keys, merges };
}

/** The anchored nodes by name, in the order of the text. */
function anchored(root: TextNode): ReadonlyMap<string, readonly TextNode[]> {
  const found = new Map<string, TextNode[]>();
  const visit = (node: TextNode) => {
    if (node.anchor !== undefined) {
      const same = found.get(node.anchor);
      if (same === undefined) found.set(node.anchor, [node]);
      else same.push(node);
    }
    for (const child of node.children) visit(child);
  };
  visit(root);
  return found;
}
