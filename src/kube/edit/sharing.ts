// What an edit would change elsewhere: parts that other places of the document repeat through aliases.

import type { TextTree } from '../yaml/locate.ts';
import type { TextNode } from '../yaml/node.ts';
import type { Slot } from './block.ts';

/**
 * Whether a change within the innermost of `around`, or of `target` as a whole, would show in other places: an anchor around the place is
 * used, the place lies behind an alias, or what is taken away is used from outside.
 */
export function sharedPart(tree: TextTree, around: readonly Slot[], target: Slot | undefined): boolean {
  const uses = usesOf(tree);
  for (const { value } of around) if (value.kind === 'alias' || uses.some(({ anchor }) => anchor === value)) return true;
  if (target === undefined) return false;
  const { start, end } = target.value;
  const inside = (node: TextNode) => node.start >= start && node.end <= end;
  return uses.some(({ anchor, alias }) => inside(anchor) && !inside(alias));
}

interface Use {
  readonly alias: TextNode;
  readonly anchor: TextNode;
}

function usesOf(tree: TextTree): readonly Use[] {
  const uses: Use[] = [];
  const visit = (node: TextNode) => {
    const anchor = node.kind === 'alias' ? tree.anchor(node) : undefined;
    if (anchor !== undefined) uses.push({ alias: node, anchor });
    for (const child of node.children) visit(child);
  };
  visit(tree.root);
  return uses;
}
