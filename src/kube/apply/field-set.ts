// Sets of fields of an object, the algebra of server-side apply (structured-merge-diff v6, fieldpath.Set): a tree whose nodes are members or
// lead to members. A parent is no member because its children are. Sets are values: operations make new ones that share what they can, and
// never hold a node without a member.

import { compareElements, type PathElement, showElement } from './path-element.ts';

export interface FieldNode {
  readonly member: boolean;
  readonly children: FieldSet;
}

export type FieldSet = ReadonlyMap<PathElement, FieldNode>;

export type FieldPath = readonly PathElement[];

export const noFields: FieldSet = new Map();
export const leaf: FieldNode = { member: true, children: noFields };

interface Growing {
  member: boolean;
  children: Map<PathElement, Growing>;
}

/** The set of some paths. `fieldSet(['f:spec', 'f:replicas'])` has one member. */
export function fieldSet(...paths: readonly FieldPath[]): FieldSet {
  const builder = setBuilder();
  for (const path of paths) builder.insert(path);
  return builder.set;
}

/** A set that grows by single paths. The empty path, the whole object, is never a member. */
export function setBuilder(): { readonly set: FieldSet; readonly insert: (path: FieldPath) => void } {
  const root = new Map<PathElement, Growing>();
  return {
    set: root,
    insert(path) {
      let here = root;
      let node: Growing | undefined;
      for (const element of path) {
        node = here.get(element);
        if (node === undefined) {
          node = { member: false, children: new Map() };
          here.set(element, node);
        }
        here = node.children;
      }
      if (node !== undefined) node.member = true;
    },
  };
}

/** The node, or undefined where it would hold nothing. */
function node(member: boolean, children: FieldSet): FieldNode | undefined {
  if (children.size === 0) return member ? leaf : undefined;
  return { member, children };
}

/** Members of either. */
export function union(left: FieldSet, right: FieldSet): FieldSet {
  if (left.size === 0 || left === right) return right;
  if (right.size === 0) return left;
  const result = new Map(left);
  for (const [element, theirs] of right) {
    const ours = result.get(element);
    if (ours === undefined) result.set(element, theirs);
    else if (ours !== theirs)
      result.set(element, { member: ours.member || theirs.member, children: union(ours.children, theirs.children) });
  }
  return result;
}

/** Members of both. */
export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  if (left.size === 0 || right.size === 0) return noFields;
  return made(left, (element, ours) => {
    const theirs = right.get(element);
    return theirs === undefined ? undefined : node(ours.member && theirs.member, intersection(ours.children, theirs.children));
  });
}

/** Members of the first that are none of the second. A parent in the second takes no child with it. */
export function difference(left: FieldSet, right: FieldSet): FieldSet {
  if (right.size === 0 || left.size === 0) return left;
  return made(left, (element, ours) => {
    const theirs = right.get(element);
    return theirs === undefined ? ours : node(ours.member && !theirs.member, difference(ours.children, theirs.children));
  });
}

/** Members of the first that neither are in the second nor lie below a member of the second. */
export function recursiveDifference(left: FieldSet, right: FieldSet): FieldSet {
  if (right.size === 0 || left.size === 0) return left;
  return made(left, (element, ours) => {
    const theirs = right.get(element);
    if (theirs === undefined) return ours;
    return theirs.member ? undefined : node(ours.member, recursiveDifference(ours.children, theirs.children));
  });
}

function made(set: FieldSet, change: (element: PathElement, node: FieldNode) => FieldNode | undefined): FieldSet {
  const result = new Map<PathElement, FieldNode>();
  for (const [element, ours] of set) {
    const changed = change(element, ours);
    if (changed !== undefined) result.set(element, changed);
  }
  return result.size === 0 ? noFields : result;
}

/** True where the path is a member. */
export function hasField(set: FieldSet, path: FieldPath): boolean {
  let here: FieldSet | undefined = set;
  let found: FieldNode | undefined;
  for (const element of path) {
    found = here?.get(element);
    here = found?.children;
  }
  return found?.member === true;
}

/** The elements of one level in the order they are written. Fields, which most levels have alone, are in the order of their texts. */
export function elementsInOrder(set: FieldSet): readonly PathElement[] {
  const elements = [...set.keys()];
  if (elements.length < 2) return elements;
  return elements.every((element) => element.charCodeAt(0) === 102) ? elements.sort() : elements.sort(compareElements);
}

function inOrder(set: FieldSet): readonly (readonly [PathElement, FieldNode])[] {
  return elementsInOrder(set).map((element) => [element, set.get(element) ?? leaf]);
}

/** Every member: those of a level before what lies below them. */
export function members(set: FieldSet): readonly FieldPath[] {
  const paths: FieldPath[] = [];
  const visit = (level: FieldSet, prefix: FieldPath): void => {
    const sorted = inOrder(level);
    for (const [element, { member }] of sorted) if (member) paths.push([...prefix, element]);
    for (const [element, { children }] of sorted) if (children.size > 0) visit(children, [...prefix, element]);
  };
  visit(set, []);
  return paths;
}

/** A path as messages write it. `showPath(['f:spec', 'f:ports', 'k:{"port":80}'])` is `'.spec.ports[port=80]'`. */
export function showPath(path: FieldPath): string {
  return path.map(showElement).join('');
}
