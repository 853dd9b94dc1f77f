// Field sets written under an older schema, brought to the present one (structured-merge-diff v6, typed/reconcile_schema.go): what was merged
// field by field and is now replaced as a whole is owned as a whole. The other way round nothing changes.

import type { Atom } from './atom.ts';
import { type FieldNode, type FieldSet, leaf, noFields } from './field-set.ts';
import type { PathElement } from './path-element.ts';

/** The set under this type; the same set where nothing changes. */
export function reconciled(set: FieldSet, atom: Atom): FieldSet {
  let changed: Map<PathElement, FieldNode> | undefined;
  for (const [element, node] of set) {
    const inner = innerType(atom, element);
    const next = inner === undefined ? node : reconciledNode(node, inner);
    if (next !== node) {
      changed ??= new Map(set);
      changed.set(element, next);
    }
  }
  return changed ?? set;
}

function innerType(atom: Atom, element: PathElement): Atom | undefined {
  if (atom.map === undefined) return atom.scalar === undefined ? atom.list?.element : undefined;
  if (atom.map.freeForm || atom.map.atomic) return undefined;
  return (element.startsWith('f:') ? atom.map.field(element.slice(2)) : undefined) ?? atom.map.element;
}

function reconciledNode(node: FieldNode, atom: Atom): FieldNode {
  const isWhole = node.member && node.children.size === 0;
  if (atom.map !== undefined) {
    if (atom.map.freeForm) return node;
    if (atom.map.atomic) return isWhole || node.children.size === 0 ? node : leaf;
  } else if (atom.scalar !== undefined) return node;
  else if (atom.list?.atomic === true) return isWhole ? node : leaf;
  const children = node.children.size === 0 ? noFields : reconciled(node.children, atom);
  return children === node.children || (children.size === 0 && node.children.size === 0) ? node : { member: node.member, children };
}
