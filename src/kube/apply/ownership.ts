// Who owns what after a write, and what a write by apply makes of an object (structured-merge-diff v6, merge/update.go). An applied field that
// its manager no longer applies goes away unless someone else has set it.

import { type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { type Atom, deduced } from './atom.ts';
import { type Comparison, compare } from './compare.ts';
import { faults, faultText } from './conform.ts';
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
  /** The object in another version, undefined where its kind has none of that name; the words of the server where it cannot be converted. */
  readonly convert: (object: JsonObject, apiVersion: string) => Result<JsonObject | undefined, string>;
  /** What no manager owns in a version, nor anything below it: fields that the resource resets. */
  readonly resets: (apiVersion: string) => FieldSet;
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

/** In another version, where it must be of its type and no member of a list may repeat. */
function converted(object: Seen, apiVersion: string, versions: Versions): Result<Seen | undefined, string> {
  if (object.apiVersion === apiVersion) return ok(object);
  const conversion = versions.convert(object.value, apiVersion);
  if (!conversion.ok) return conversion;
  const atom = versions.typeOf(apiVersion);
  const { value } = conversion;
  if (value === undefined || atom === undefined) return ok(undefined);
  const wrong = faults(value, atom, false);
  return wrong.length > 0 ? failure(faultText(wrong)) : ok({ value, apiVersion, atom });
}

/** The owners after an update by `manager`, who takes what it changed; the words of the server where that cannot be told. */
export function ownersAfterUpdate(
  live: JsonObject,
  updated: JsonObject,
  apiVersion: string,
  managers: Managers,
  manager: ManagerId,
  versions: Versions,
): Result<Managers, string> {
  const before = seen(live, apiVersion, versions);
  const after = seen(updated, apiVersion, versions);
  const reconciliation = reconciledOwners(before, managers, versions);
  if (!reconciliation.ok) return reconciliation;
  const owners = reconciliation.value;
  const taken = takeOver(before, after, owners, manager, versions);
  if (!taken.ok) return taken;
  const { comparison } = taken.value;
  const changed = union(comparison.modified, comparison.added);
  const own = owners.get(manager)?.set ?? noFields;
  const set = recursiveDifference(union(difference(own, comparison.removed), changed), versions.resets(apiVersion));
  if (set.size === 0) owners.delete(manager);
  else owners.set(manager, { ...timeOf(owners.get(manager)), set, apiVersion, applied: false });
  return ok(owners);
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
): Result<Applied | { readonly conflicts: readonly Conflict[] }, string> {
  const before = seen(live, apiVersion, versions);
  const reconciliation = reconciledOwners(before, managers, versions);
  if (!reconciliation.ok) return reconciliation;
  const owners = reconciliation.value;
  const merged = merge(live, config, before.atom) as JsonObject;
  const last = owners.get(manager);
  const set = recursiveDifference(fieldsOf(config, before.atom), versions.resets(apiVersion));
  // Its time outlives an entry of a version that is gone.
  owners.set(manager, { ...timeOf(managers.get(manager)), set, apiVersion, applied: true });
  const pruned = prune(seen(merged, apiVersion, versions), owners, last, apiVersion, versions);
  if (!pruned.ok) return failure(`failed to prune fields: ${pruned.problem}`);
  const taken = takeOver(before, seen(pruned.value, apiVersion, versions), owners, manager, versions, force);
  if (!taken.ok) return taken;
  const { conflicts } = taken.value;
  if (conflicts.length > 0) return ok({ conflicts });
  return ok({ object: sameJson(live, pruned.value) ? undefined : pruned.value, managers: owners });
}

function timeOf(managed: Managed | undefined): { readonly time?: string } {
  return managed?.time === undefined ? {} : { time: managed.time };
}

interface TakenOver {
  readonly conflicts: readonly Conflict[];
  readonly comparison: Comparison;
}

/** Takes what changed away from the other owners; without `force` that is a conflict, and nothing is taken. */
function takeOver(
  before: Seen,
  after: Seen,
  owners: Owners,
  manager: ManagerId,
  versions: Versions,
  force = true,
): Result<TakenOver, string> {
  const comparison = withoutReset(compare(before.value, after.value, before.atom), before.apiVersion, versions);
  const byVersion = new Map<string, Comparison>([[before.apiVersion, comparison]]);
  const taken = new Map<ManagerId, FieldSet>();
  for (const [other, managed] of [...owners]) {
    if (other === manager) continue;
    let changes = byVersion.get(managed.apiVersion);
    if (changes === undefined) {
      const old = converted(before, managed.apiVersion, versions);
      if (!old.ok) return failure(`failed to convert old object: ${old.problem}`);
      const fresh = converted(after, managed.apiVersion, versions);
      if (!fresh.ok) return failure(`failed to convert new object: ${fresh.problem}`);
      if (old.value === undefined || fresh.value === undefined) {
        owners.delete(other);
        continue;
      }
      changes = withoutReset(compare(old.value.value, fresh.value.value, old.value.atom), managed.apiVersion, versions);
      byVersion.set(managed.apiVersion, changes);
    }
    const lost = intersection(managed.set, union(changes.modified, changes.added));
    if (lost.size > 0) taken.set(other, lost);
    const left = difference(difference(managed.set, lost), changes.removed);
    if (left !== managed.set) owners.set(other, { ...managed, set: left });
  }
  if (!force && taken.size > 0) {
    const conflicts = [...taken].flatMap(([other, set]) => members(set).map((path) => ({ manager: other, path })));
    return ok({ conflicts, comparison });
  }
  for (const [other, managed] of [...owners]) if (managed.set.size === 0) owners.delete(other);
  return ok({ conflicts: [], comparison });
}

function withoutReset({ removed, modified, added }: Comparison, apiVersion: string, versions: Versions): Comparison {
  const resets = versions.resets(apiVersion);
  return {
    removed: recursiveDifference(removed, resets),
    modified: recursiveDifference(modified, resets),
    added: recursiveDifference(added, resets),
  };
}

/** Removes what the manager applied last time and nobody has set now. */
function prune(
  merged: Seen,
  owners: Owners,
  last: Managed | undefined,
  apiVersion: string,
  versions: Versions,
): Result<JsonObject, string> {
  if (last === undefined || last.set.size === 0) return ok(merged.value);
  const before = converted(merged, last.apiVersion, versions);
  if (!before.ok) return failure(`failed to convert merged object to last applied version: ${before.problem}`);
  if (before.value === undefined) return ok(merged.value);
  const { value, atom } = before.value;
  const applied = withNamedFields(last.set, atom);
  const stripped = { ...before.value, value: objectOf(removeFields(value, applied, atom)) };
  const pruned = addBackOwned(before.value, stripped, owners, versions);
  if (!pruned.ok) return failure(`failed add back owned items: ${pruned.problem}`);
  const kept = converted(pruned.value, last.apiVersion, versions);
  if (!kept.ok) return failure(`failed add back dangling items: failed to convert pruned object to last applied version: ${kept.problem}`);
  if (kept.value === undefined) return ok(merged.value);
  const gone = difference(named(before.value), named(kept.value));
  const rest = { ...before.value, value: objectOf(removeFields(value, intersection(gone, applied), atom)) };
  const result = converted(rest, apiVersion, versions);
  return result.ok ? ok(result.value?.value ?? merged.value) : result;
}

function named({ value, atom }: Seen): FieldSet {
  return withNamedFields(fieldsOf(value, atom), atom);
}

/** Puts back what other managers, or the manager's new configuration, have set: first in the version of the pruned object. */
function addBackOwned(merged: Seen, pruned: Seen, owners: Owners, versions: Versions): Result<Seen, string> {
  const byVersion = new Map<string, FieldSet>([[pruned.apiVersion, noFields]]);
  for (const { set, apiVersion } of owners.values()) byVersion.set(apiVersion, union(byVersion.get(apiVersion) ?? noFields, set));
  let whole = merged;
  let rest = pruned;
  for (const [apiVersion, owned] of byVersion) {
    if (owned.size === 0) continue;
    const all = converted(whole, apiVersion, versions);
    if (!all.ok) return failure(`failed to convert merged object at version ${apiVersion}: ${all.problem}`);
    const some = converted(rest, apiVersion, versions);
    if (!some.ok) return failure(`failed to convert pruned object at version ${apiVersion}: ${some.problem}`);
    if (all.value === undefined || some.value === undefined) continue;
    const { atom, value } = all.value;
    const kept = union(named(some.value), withNamedFields(owned, atom));
    whole = all.value;
    rest = { ...whole, value: objectOf(removeFields(value, difference(named(whole), kept), atom)) };
  }
  return ok(rest);
}

function objectOf(value: Json): JsonObject {
  return (value ?? {}) as JsonObject;
}

/** Owners under the present schema; those of versions that are gone are left out. */
function reconciledOwners(live: Seen, managers: Managers, versions: Versions): Result<Owners, string> {
  const owners: Owners = new Map();
  const byVersion = new Map<string, Atom | undefined>();
  for (const [id, managed] of managers) {
    if (!byVersion.has(managed.apiVersion)) {
      const conversion = converted(live, managed.apiVersion, versions);
      if (!conversion.ok) return conversion;
      byVersion.set(managed.apiVersion, conversion.value?.atom);
    }
    const atom = byVersion.get(managed.apiVersion);
    if (atom === undefined) continue;
    const set = reconciled(managed.set, atom);
    owners.set(id, set === managed.set ? managed : { ...managed, set });
  }
  return ok(owners);
}
