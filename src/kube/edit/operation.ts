// One change as replacements of text: the place is found in the document's nodes, and the edit chosen by the style of the collection there.

import type { Json } from '../../lib/json.ts';
import { tokens } from '../../lib/json-pointer.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { scalarKey } from '../yaml/key.ts';
import type { TextNode } from '../yaml/node.ts';
import { addItem, addMember, removeSlot, replaceSlot, type Slot } from './block.ts';
import type { Change } from './changes.ts';
import { addFlowItem, addFlowMember, removeFlowSlot, replaceFlowSlot } from './flow.ts';
import type { Layout, Splice } from './layout.ts';
import { sharedPart } from './sharing.ts';

type Splices = Result<readonly Splice[], Problem>;

/** The replacements that make a change, or why it is not made. */
export function splicesFor(layout: Layout, change: Change): Splices {
  const path = tokens(change.path);
  const root: Slot = { kind: 'root', value: layout.tree.root };
  if (path.length === 0) return change.op === 'remove' ? unsupported(change) : finish(change, replace(layout, root, change.value));
  const slots: Slot[] = [root];
  for (const token of path.slice(0, -1)) {
    const inner = slotAt(layout, slots.at(-1)?.value ?? root.value, token);
    if (inner === undefined) return shared(change);
    slots.push(inner);
  }
  const outer = slots.at(-1) ?? root;
  const token = path.at(-1) ?? '';
  const slot = slotAt(layout, outer.value, token);
  if (sharedPart(layout.tree, slots, change.op !== 'add' || slot?.kind === 'member' ? slot : undefined)) return shared(change);
  return finish(change, edits(layout, change, outer, token, slot));
}

function edits(layout: Layout, change: Change, outer: Slot, token: string, slot: Slot | undefined): readonly Splice[] | undefined {
  const container = outer.value;
  if (change.op === 'remove') return slot === undefined ? undefined : remove(layout, outer, slot);
  if (container.kind === 'sequence') {
    if (change.op === 'replace') return slot === undefined ? undefined : replace(layout, slot, change.value);
    const index = token === '-' ? layout.tree.children(container).length : Number(token);
    return insert(layout, outer, index, change.value);
  }
  if (container.kind !== 'mapping') return undefined;
  return slot === undefined ? add(layout, outer, token, change.value) : replace(layout, slot, change.value);
}

/** The place of a member or item that is written there itself. */
function slotAt({ tree }: Layout, node: TextNode, token: string): Slot | undefined {
  const children = tree.children(node);
  if (node.kind === 'mapping') {
    const index = tree.members(node).keys.get(token) ?? -1;
    const [key, value] = [children[index], children[index + 1]];
    return key === undefined || value === undefined ? undefined : { kind: 'member', parent: node, index, key, value };
  }
  const value = node.kind === 'sequence' && /^(?:0|[1-9][0-9]*)$/.test(token) ? children[Number(token)] : undefined;
  return value === undefined ? undefined : { kind: 'item', parent: node, index: Number(token), value };
}

function add(layout: Layout, outer: Slot, key: string, value: Json): readonly Splice[] | undefined {
  const mapping = outer.value;
  if (layout.tree.children(mapping).length === 0) return replace(layout, outer, ownMember(key, value));
  return mapping.style === 'flow' ? addFlowMember(layout, mapping, key, value) : addMember(layout, mapping, key, value);
}

function ownMember(key: string, value: Json): Json {
  return Object.fromEntries([[key, value]]);
}

function insert(layout: Layout, outer: Slot, index: number, value: Json): readonly Splice[] | undefined {
  const sequence = outer.value;
  if (layout.tree.children(sequence).length === 0) return replace(layout, outer, [value]);
  return sequence.style === 'flow' ? addFlowItem(layout, sequence, index, value) : addItem(layout, sequence, index, value);
}

/** Takes a member or item away; of a key that is there twice, both. */
function remove(layout: Layout, outer: Slot, slot: Slot): readonly Splice[] | undefined {
  if (slot.kind === 'root') return undefined;
  const children = layout.tree.children(slot.parent);
  const slots = slot.kind === 'member' ? sameKeys(layout, slot) : [slot];
  if (slots.length * (slot.kind === 'member' ? 2 : 1) === children.length) return replace(layout, outer, slot.kind === 'member' ? {} : []);
  const splices: Splice[] = [];
  for (const each of slots) {
    const found = slot.parent.style === 'flow' ? removeFlowSlot(layout, each) : removeSlot(layout, each);
    if (found === undefined) return undefined;
    splices.push(...found);
  }
  return splices;
}

function sameKeys({ tree }: Layout, slot: Extract<Slot, { kind: 'member' }>): readonly Extract<Slot, { kind: 'member' }>[] {
  const children = tree.children(slot.parent);
  const name = scalarKey(slot.key);
  const slots: Extract<Slot, { kind: 'member' }>[] = [];
  for (let index = 0; index < children.length; index += 2) {
    const [key, value] = [children[index], children[index + 1]];
    if (key === undefined || value === undefined) continue;
    if (index === slot.index || (key.kind === 'scalar' && name !== undefined && scalarKey(key) === name))
      slots.push({ ...slot, index, key, value });
  }
  return slots;
}

function replace(layout: Layout, slot: Slot, value: Json): readonly Splice[] | undefined {
  const inBrackets = layout.json || (slot.kind !== 'root' && slot.parent.style === 'flow');
  return inBrackets ? replaceFlowSlot(layout, slot, value) : replaceSlot(layout, slot, value);
}

function finish(change: Change, splices: readonly Splice[] | undefined): Splices {
  return splices === undefined ? unsupported(change) : ok(splices);
}

function unsupported({ path }: Change): Splices {
  return failure(problem('edit/unsupported', `"${path}" cannot be changed in this text without changing more than it`));
}

function shared({ path }: Change): Splices {
  return failure(problem('edit/shared', `"${path}" is shared through an anchor or a merge key: other places would change with it`));
}
