// The definitions of custom kinds in a snapshot, found for one object at a time: most definitions are large and are only read when an object
// needs them. Files may hold several definitions of one kind: those already read come first, then those nearest in the folder tree.

import { type CustomKind, type CustomVersion, customKind } from '../kube/schema/structural.ts';
import type { Json } from '../lib/json.ts';
import { ofKind } from './lookup.ts';
import type { Resource, Snapshot } from './snapshot.ts';

interface Known {
  readonly definition: Resource;
  /** The plural name without dashes, in lower case. */
  readonly plural: string;
}

const byGroup = new WeakMap<Snapshot, ReadonlyMap<string, readonly Known[]>>();
const kinds = new WeakMap<Resource, CustomKind | undefined>();

/** One version of a definition that applies to an object, with the number of folders that their files share. */
export interface ApplyingVersion {
  readonly version: CustomVersion;
  readonly closeness: number;
}

/** The versions of definitions that apply to a custom resource; none where the snapshot holds no definition of its kind. */
export function* definitionsFor(snapshot: Snapshot, resource: Resource): Generator<ApplyingVersion> {
  const file = resource.origin.kind === 'file' ? resource.origin.file : '';
  const candidates = (definitionsOf(snapshot).get(resource.group) ?? [])
    .filter(({ plural }) => mayName(plural, resource.kind))
    .map(({ definition }) => ({ definition, closeness: sharedFolders(definition, file), isRead: kinds.has(definition) }))
    .sort((a, b) => Number(b.isRead) - Number(a.isRead) || b.closeness - a.closeness);
  for (const { definition, closeness } of candidates) {
    const kind = kindOf(definition);
    if (kind?.kind !== resource.kind || kind.group !== resource.group) continue;
    const version = kind.versions.find(({ name, served }) => served && name === resource.version);
    if (version !== undefined) yield { version, closeness };
  }
}

function definitionsOf(snapshot: Snapshot): ReadonlyMap<string, readonly Known[]> {
  let index = byGroup.get(snapshot);
  if (index === undefined) {
    const built = new Map<string, Known[]>();
    for (const definition of ofKind(snapshot, 'apiextensions.k8s.io', 'CustomResourceDefinition')) {
      const dot = definition.name.indexOf('.');
      const group = definition.name.slice(dot + 1);
      const list = built.get(group) ?? [];
      list.push({ definition, plural: definition.name.slice(0, dot).replaceAll('-', '').toLowerCase() });
      built.set(group, list);
    }
    index = built;
    byGroup.set(snapshot, index);
  }
  return index;
}

/** A plural begins as its kind does, but for the last letter: Gateway, gateways; Policy, policies. */
function mayName(plural: string, kind: string): boolean {
  return plural.startsWith(kind.toLowerCase().slice(0, -1));
}

function kindOf(definition: Resource): CustomKind | undefined {
  if (!kinds.has(definition)) kinds.set(definition, customKind(definition.object as Json));
  return kinds.get(definition);
}

function sharedFolders(definition: Resource, file: string): number {
  if (definition.origin.kind !== 'file') return 0;
  const own = definition.origin.file.split('/');
  const other = file.split('/');
  let shared = 0;
  while (shared < own.length && own[shared] === other[shared]) shared++;
  return shared;
}
