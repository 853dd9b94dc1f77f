// Who owns what after a write, and what a write by apply makes of an object (structured-merge-diff v6, merge/update.go). An applied field that
// its manager no longer applies goes away unless someone else has set it.

import { type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { type Atom, deduced } from './atom.ts';
import { type Comparison, compare } from './compare.ts';
import { difference, type FieldPath, type FieldSet, intersection, members, noFields, recursiveDifference, union } from './field-set.ts';
import { fieldsOf, withNamedFields } from './fields-of.ts';
import type { Managed, ManagerId, Managers } from './managed.ts';
import { merge } from './merge.ts';
import { reconciled } from './reconcile.ts';
import { removeFields } from './remove.ts';

/** How objects of one kind are seen in its versions. */
export interface Versions {
  /** The type in a version; undefined for a version that is not known. */
  readonly typeOf: (apiVersion: string) => Atom | undefined;
  /** The object in another version; undefined where it has none. */
  readonly convert: (object: JsonObject, apiVersion: string) => JsonObject | undefined;
  /** What no manager owns, nor anything below it: fields that the resource resets. */
  readonly resets: FieldSet;
}

export interface Conflict {
  readonly manager: ManagerId;
  readonly path: FieldPath;
}

type Owners = Map<ManagerId, Managed>;

/** A value seen in a version, with its type. */
interface Seen {
  readonly value: JsonObject;
  readonly apiVersion: string;
  readonly atom: Atom;
}

function seen(value: JsonObject, apiVersion: string, versions: Versions): Seen {
  return { value, apiVersion, atom: versions.typeOf(apiVersion) ?? deduced };
}

function converted(object: Seen, apiVersion: string, versions: Versions): Seen | undefined {
  if (object.apiVersion === apiVersion) return object;
  const atom = versions.typeOf(apiVersion);
  const value = atom === undefined ? undefined : versions.convert(object.value, apiVersion);
  return atom === undefined || value === undefined ? undefined : { value, apiVersion, atom };
}

/** The owners after an update by `manager`, who takes what it changed. */
export function ownersAfterUpdate(
  live: JsonObject,
  updated: JsonObject,
  apiVersion: string,
  managers: Managers,
  manager: ManagerId,
  versions: Versions,
): Managers {
  const before = seen(live, apiVersion, versions);
  const after = seen(updated, apiVersion, versions);
  const owners = reconciledOwners(before, managers, versions);
  const { comparison } = takeOver(before, after, owners, manager, versions);
  const changed = union(comparison.modified, comparison.added);
  const own = owners.get(manager)?.set ?? noFields;
  const set = recursiveDifference(union(difference(own, comparison.removed), changed), versions.resets);
  if (set.size === 0) owners.delete(manager);
  else owners.set(manager, { ...timeOf(owners.get(manager)), set, apiVersion, applied: false });
  return owners;
}

export interface Applied {
  /** Undefined where nothing changes. */
  readonly object: JsonObject | undefined;
  readonly managers: Managers;
}

/** The merged object and its owners after an apply; the conflicts where it takes what others own and is not forced. */
export function applied(
  live: JsonObject,
  config: JsonObject,
  apiVersion: string,
  managers: Managers,
  manager: ManagerId,
  force: boolean,
  versions: Versions,
): Applied | { readonly conflicts: readonly Conflict[] } {
  const before = seen(live, apiVersion, versions);
  const owners = reconciledOwners(before, managers, versions);
  const merged = merge(live, config, before.atom) as JsonObject;
  const last = owners.get(manager);
  const set = recursiveDifference(fieldsOf(config, before.atom), versions.resets);
  owners.set(manager, { ...timeOf(last), set, apiVersion, applied: true });
  const pruned = prune(seen(merged, apiVersion, versions), owners, last, apiVersion, versions);
  const { conflicts } = takeOver(before, seen(pruned, apiVersion, versions), owners, manager, versions, force);
  if (conflicts.length > 0) return { conflicts };
  return { object: sameJson(live, pruned) ? undefined : pruned, managers: owners };
}

function timeOf(managed: Managed | undefined): { readonly time?: string } {
  return managed?.time === undefined ? {} : { time: managed.time };
}

interface TakenOver {
  readonly conflicts: readonly Conflict[];
  readonly comparison: Comparison;
}

/** Takes what changed away from the other owners; without `force` that is a conflict, and nothing is taken. */
function takeOver(before: Seen, after: Seen, owners: Owners, manager: ManagerId, versions: Versions, force = true): TakenOver {
  const comparison = withoutReset(compare(before.value, after.value, before.atom), versions);
  const byVersion = new Map<string, Comparison>([[before.apiVersion, comparison]]);
  const taken = new Map<ManagerId, FieldSet>();
  for (const [other, managed] of [...owners]) {
    if (other === manager) continue;
    let changes = byVersion.get(managed.apiVersion);
    if (changes === undefined) {
      const old = converted(before, managed.apiVersion, versions);
      const fresh = converted(after, managed.apiVersion, versions);
      if (old === undefined || fresh === undefined) {
        owners.delete(other);
        continue;
      }
      changes = withoutReset(compare(old.value, fresh.value, old.atom), versions);
      byVersion.set(managed.apiVersion, changes);
    }
    const lost = intersection(managed.set, union(changes.modified, changes.added));
    if (lost.size > 0) taken.set(other, lost);
    const left = difference(difference(managed.set, lost), changes.removed);
    if (left !== managed.set) owners.set(other, { ...managed, set: left });
  }
  if (!force && taken.size > 0)
    return { conflicts: [...taken].flatMap(([other, set]) => members(set).map((path) => ({ manager: other, path }))), comparison };
  for (const [other, managed] of [...owners]) if (managed.set.size === 0) owners.delete(other);
  return { conflicts: [], comparison };
}

function withoutReset(comparison: Comparison, { resets }: Versions): Comparison {
  return {
    removed: recursiveDifference(comparison.removed, resets),
    modified: recursiveDifference(comparison.modified, resets),
    added: recursiveDifference(comparison.added, resets),
  };
}

/** Removes what the manager applied last time and nobody has set now. */
function prune(merged: Seen, owners: Owners, last: Managed | undefined, apiVersion: string, versions: Versions): JsonObject {
  if (last === undefined || last.set.size === 0) return merged.value;
  const before = converted(merged, last.apiVersion, versions);
  if (before === undefined) return merged.value;
  const applied = withNamedFields(last.set, before.atom);
  let pruned: Seen = { ...before, value: objectOf(removeFields(before.value, applied, before.atom)) };
  pruned = addBackOwned(before, pruned, owners, versions);
  const kept = converted(pruned, last.apiVersion, versions);
  if (kept === undefined) return merged.value;
  const gone = difference(named(before), named(kept));
  const value = objectOf(removeFields(before.value, intersection(gone, applied), before.atom));
  return converted({ ...before, value }, apiVersion, versions)?.value ?? merged.value;
}

function named({ value, atom }: Seen): FieldSet {
  return withNamedFields(fieldsOf(value, atom), atom);
}

/** Puts back what other managers, or the manager's new configuration, have set: first in the version of the pruned object. */
function addBackOwned(merged: Seen, pruned: Seen, owners: Owners, versions: Versions): Seen {
  const byVersion = new Map<string, FieldSet>([[pruned.apiVersion, noFields]]);
  for (const { set, apiVersion } of owners.values()) byVersion.set(apiVersion, union(byVersion.get(apiVersion) ?? noFields, set));
  let whole = merged;
  let rest = pruned;
  for (const [apiVersion, owned] of byVersion) {
    if (owned.size === 0) continue;
    const all = converted(whole, apiVersion, versions);
    const some = converted(rest, apiVersion, versions);
    if (all === undefined || some === undefined) continue;
    const kept = union(named(some), withNamedFields(owned, all.atom));
    whole = all;
    rest = { ...all, value: objectOf(removeFields(all.value, difference(named(all), kept), all.atom)) };
  }
  return rest;
}

function objectOf(value: Json): JsonObject {
  return (value ?? {}) as JsonObject;
}

/** Owners under the present schema; those of versions that are gone are left out. */
function reconciledOwners(live: Seen, managers: Managers, versions: Versions): Owners {
  const owners: Owners = new Map();
  for (const [id, managed] of managers) {
    const atom = versions.typeOf(managed.apiVersion);
    if (atom === undefined || (managed.apiVersion !== live.apiVersion && versions.convert(live.value, managed.apiVersion) === undefined))
      continue;
    const set = reconciled(managed.set, atom);
    owners.set(id, set === managed.set ? managed : { ...managed, set });
  }
  return owners;
}
