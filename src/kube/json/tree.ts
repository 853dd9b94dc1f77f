// A JSON text as a tree of nodes, for positions and edits: collections are looked into when someone asks for their members, so that a field
// of one object in a long list costs one pass over the list and one over that object.

import { type TextTree, textTree } from '../yaml/locate.ts';
import type { CollectionStyle, NodeKind, ScalarStyle, TextNode } from '../yaml/node.ts';
import { skipBlanks, skipValue } from './skip.ts';

/** The tree of a text that is known to be JSON. */
export function jsonTree(text: string): TextTree {
  const members = new Map<TextNode, readonly TextNode[]>();
  return textTree(nodeAt(text, skipBlanks(text, 0)), (node) => {
    if (node.kind === 'scalar') return node.children;
    let found = members.get(node);
    if (found === undefined) {
      found = childrenOf(text, node);
      members.set(node, found);
    }
    return found;
  });
}

function childrenOf(text: string, node: TextNode): readonly TextNode[] {
  const children: TextNode[] = [];
  const close = node.end - 1;
  let at = skipBlanks(text, node.start + 1);
  while (at < close) {
    const child = nodeAt(text, at);
    children.push(child);
    at = skipBlanks(text, Math.max(child.end, at + 1));
    const code = text.charCodeAt(at);
    if (code === 44 || code === 58) at = skipBlanks(text, at + 1);
  }
  return children;
}

function nodeAt(text: string, start: number): TextNode {
  const end = skipValue(text, start);
  const written = text[start];
  if (written === '{') return make('mapping', 'flow', start, end, '');
  if (written === '[') return make('sequence', 'flow', start, end, '');
  if (written === '"') return make('scalar', 'double', start, end, unquote(text.slice(start, end)));
  return make('scalar', 'plain', start, end, text.slice(start, end));
}

function unquote(written: string): string {
  return written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
}

const noChildren: readonly TextNode[] = [];

function make(kind: NodeKind, style: ScalarStyle | CollectionStyle, start: number, end: number, text: string): TextNode {
  return { kind, style, start, end, propertiesStart: start, anchor: undefined, tag: undefined, text, children: noChildren };
}
