// Managed fields on every write (k8s.io/apimachinery/pkg/util/managedfields 1.36): who owns what after a create, update or patch, and the object
// that an apply makes. The order of the steps is the server's: the version is checked, kubectl's last-applied annotation considered, objects
// without managers get `before-first-apply`, entries of updates are kept to ten, fields that nobody manages are stripped.

import { field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { deduced } from './atom.ts';
import { compare } from './compare.ts';
import { faults, faultText } from './conform.ts';
import { difference, type FieldSet, fieldSet, hasField, noFields, union } from './field-set.ts';
import { fieldsOf } from './fields-of.ts';
import {
  isReset,
  type Managed,
  type Manager,
  type ManagerId,
  type Managers,
  managerEntry,
  managerId,
  noManagers,
  readManagers,
  withManagedFields,
  writeManagers,
} from './managed.ts';
import { newFields } from './new-fields.ts';
import { applied, type Conflict, ownersAfterUpdate, type Versions } from './ownership.ts';

/** One way into objects of a kind: a version, and a subresource or ''. */
export interface Entrance extends Versions {
  readonly apiVersion: string;
  readonly kind: string;
  readonly subresource: string;
  /** An object of the kind with nothing set, as the server's types write it. */
  readonly empty: () => JsonObject;
  /** A merged object decoded and defaulted; a sentence where it does not decode. */
  readonly complete: (object: JsonObject) => Result<JsonObject, string>;
}

export type ApplyFailure =
  | { readonly kind: 'conflict'; readonly conflicts: readonly Conflict[] }
  /** 400. */
  | { readonly kind: 'bad-request'; readonly message: string }
  /** 500. */
  | { readonly kind: 'failed'; readonly message: string };

export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';
const annotationsLimit = 256 * 1024;
const current: ManagerId = managerId({ manager: 'current-operation', operation: 'Update', apiVersion: '', subresource: '' });

/** What managed fields never hold. */
const stripped = fieldSet(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map(
    (name) => ['f:metadata', `f:${name}`],
  ),
);

/**
 * The managed fields of an updated object; `live` is what was stored, or the empty object of a create. Where they cannot be worked out the
 * object has none, as there.
 */
export function managersOfUpdate(
  live: JsonObject,
  updated: JsonObject,
  manager: string,
  now: string,
  entrance: Entrance,
): readonly JsonObject[] {
  const object = withManagedFields(updated, []);
  const managers = managersOf(live, updated, entrance.subresource !== '');
  if (managers.size === 0 && text(live, 'uid') !== '') return [];
  const isNew = managers.size === 0 && live === entrance.empty();
  const made = isNew ? managersOfNew(live, object, manager, now, entrance) : undefined;
  if (made !== undefined) return made;
  const owners = update(withManagedFields(live, []), object, managers, manager, now, entrance);
  return owners === undefined ? [] : writeManagers(owners);
}

/** The one manager of a new object, where nothing about it needs the general way. */
function managersOfNew(
  empty: JsonObject,
  object: JsonObject,
  manager: string,
  now: string,
  { apiVersion, subresource, resets, typeOf }: Entrance,
): readonly JsonObject[] | undefined {
  const form = newFields(empty, object, typeOf(apiVersion) ?? deduced, { below: resets(apiVersion), alone: stripped });
  if (form === 'odd') return undefined;
  return form === undefined ? [] : [managerEntry(updater(manager, apiVersion, subresource), now, form)];
}

function updater(manager: string, apiVersion: string, subresource: string): Manager {
  return { manager: manager === '' ? 'unknown' : manager, operation: 'Update', apiVersion, subresource };
}

/** Managers that an update states, else those of the stored object. */
function managersOf(live: JsonObject, updated: JsonObject, isSubresource: boolean): Managers {
  const ofLive = () => {
    const managers = readManagers(field(field(live, 'metadata'), 'managedFields'));
    return typeof managers === 'string' ? noManagers : managers;
  };
  if (isSubresource) return ofLive();
  const stated = field(field(updated, 'metadata'), 'managedFields');
  if (isReset(stated)) return noManagers;
  const managers = readManagers(stated);
  return typeof managers === 'string' || managers.size === 0 ? ofLive() : managers;
}

function update(
  live: JsonObject,
  updated: JsonObject,
  managers: Managers,
  manager: string,
  now: string,
  entrance: Entrance,
): Managers | undefined {
  const { apiVersion, subresource } = entrance;
  const atom = entrance.typeOf(apiVersion) ?? deduced;
  if (faults(updated, atom, true).length > 0 || faults(live, atom, true).length > 0) return undefined;
  const after = ownersAfterUpdate(live, updated, apiVersion, managers, current, entrance);
  if (!after.ok) return undefined;
  const owners = new Map(after.value);
  const changed = difference(owners.get(current)?.set ?? noFields, stripped);
  owners.delete(current);
  if (changed.size > 0) {
    const id = managerId(updater(manager, apiVersion, subresource));
    owners.set(id, { set: union(changed, owners.get(id)?.set ?? noFields), apiVersion, applied: false, time: now });
  }
  return capped(owners);
}

const maxUpdateManagers = 10;

/** Merges the oldest entries of updates, by version, until there are no more than ten. */
function capped(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { applied: isApplied }]) => !isApplied);
  if (updaters.length <= maxUpdateManagers) return managers;
  const owners = new Map(managers);
  updaters.sort(([id, { time = '' }], [otherId, { time: otherTime = '' }]) =>
    time === otherTime ? (id < otherId ? -1 : 1) : time < otherTime ? -1 : 1,
  );
  const first = new Map<string, ManagerId>();
  let length = updaters.length;
  for (const [id, managed] of updaters) {
    if (length <= maxUpdateManagers) break;
    const { apiVersion } = managed;
    const bucket = managerId({ manager: 'ancient-changes', operation: 'Update', apiVersion, subresource: '' });
    const oldest = first.get(apiVersion);
    if (oldest === undefined) {
      first.set(apiVersion, id);
      continue;
    }
    const gathered = owners.get(bucket) ?? owners.get(oldest);
    if (!owners.has(bucket)) owners.delete(oldest);
    owners.set(bucket, { ...managed, set: union(managed.set, gathered?.set ?? noFields) });
    owners.delete(id);
    length--;
  }
  return owners;
}

/** The object that applying `config` makes of the stored one, or of the empty one, with its managed fields. */
export function managedApply(
  live: JsonObject,
  config: JsonObject,
  manager: string,
  force: boolean,
  now: string,
  entrance: Entrance,
): Result<JsonObject, ApplyFailure> {
  const decoded = readManagers(field(field(live, 'metadata'), 'managedFields'));
  if (typeof decoded === 'string') return failed(`failed to decode managed fields: ${decoded}`);
  const apiVersion = typeof config.apiVersion === 'string' ? config.apiVersion : '';
  const kind = typeof config.kind === 'string' ? config.kind : '';
  if (apiVersion !== entrance.apiVersion || kind !== entrance.kind)
    return badRequest(`invalid object type: ${versionText(apiVersion)}, Kind=${kind}`);
  let stored = withManagedFields(live, []);
  let managers = decoded;
  if (managers.size === 0) {
    const unsound = faults(stored, entrance.typeOf(apiVersion) ?? deduced, true);
    if (unsound.length > 0) {
      const named = `${text(stored, 'namespace')}/${text(stored, 'name')}; ${versionText(apiVersion)}, Kind=${kind}`;
      const why = `failed to convert new object (${named}) to smd typed: ${faultText(unsound)}`;
      return failed(`failed to create manager for existing fields: ${why}`);
    }
    managers = update(entrance.empty(), stored, managers, 'before-first-apply', now, entrance) ?? noManagers;
    stored = withManagedFields(stored, []);
  }
  let result = apply(stored, config, managers, manager, force, now, entrance);
  if (!result.ok && result.problem.kind === 'conflict' && manager === 'kubectl') {
    const allowed = ownedByLastApplied(stored, entrance);
    if (allowed !== undefined) {
      const conflicts = result.problem.conflicts.filter(({ path }) => !hasField(allowed, path));
      result =
        conflicts.length > 0 ? failure({ ...result.problem, conflicts }) : apply(stored, config, managers, manager, true, now, entrance);
    }
  }
  return result.ok && manager === 'kubectl' && lastApplied(result.value) !== '' ? ok(withLastApplied(result.value, config)) : result;
}

function apply(
  live: JsonObject,
  config: JsonObject,
  managers: Managers,
  name: string,
  force: boolean,
  now: string,
  entrance: Entrance,
): Result<JsonObject, ApplyFailure> {
  const { apiVersion, kind, subresource } = entrance;
  const stated = field(field(config, 'metadata'), 'managedFields');
  if (stated !== undefined && stated !== null) return badRequest('metadata.managedFields must be nil');
  const atom = entrance.typeOf(apiVersion) ?? deduced;
  const described = (object: JsonObject) =>
    `${text(object, 'namespace')}/${text(object, 'name')}; ${versionText(apiVersion)}, Kind=${kind}`;
  const wrong = faults(config, atom, false);
  if (wrong.length > 0) return failed(`failed to create typed patch object (${described(config)}): ${faultText(wrong)}`);
  const unsound = faults(live, atom, true);
  if (unsound.length > 0) return failed(`failed to create typed live object (${described(live)}): ${faultText(unsound)}`);
  const id = managerId({ manager: name === '' ? 'unknown' : name, operation: 'Apply', apiVersion, subresource });
  const result = applied(live, config, apiVersion, managers, id, force, entrance);
  if (!result.ok) return failed(result.problem);
  const outcome = result.value;
  if ('conflicts' in outcome) return failure({ kind: 'conflict', conflicts: outcome.conflicts });
  const owners = new Map<ManagerId, Managed>(outcome.managers);
  const own = owners.get(id);
  const set = difference(own?.set ?? noFields, stripped);
  if (own === undefined || set.size === 0) owners.delete(id);
  else owners.set(id, { ...own, set, ...(outcome.object === undefined ? {} : { time: now }) });
  if (outcome.object === undefined) return ok(withManagedFields(live, writeManagers(owners)));
  const completed = entrance.complete(outcome.object);
  if (!completed.ok) return failed(completed.problem);
  return ok(withManagedFields(completed.value, writeManagers(owners)));
}

/** `/v1` for the core group, as Go prints a group and version. */
function versionText(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
}

function failed(message: string): Result<never, ApplyFailure> {
  return failure({ kind: 'failed', message });
}

function badRequest(message: string): Result<never, ApplyFailure> {
  return failure({ kind: 'bad-request', message });
}

function text(object: JsonObject, key: string): string {
  const value = field(field(object, 'metadata'), key);
  return typeof value === 'string' ? value : '';
}

function lastApplied(object: JsonObject): string {
  const value = field(field(field(object, 'metadata'), 'annotations'), lastAppliedAnnotation);
  return typeof value === 'string' ? value : '';
}

/** Fields that client-side apply set and that still have the value it set. */
function ownedByLastApplied(live: JsonObject, entrance: Entrance): FieldSet | undefined {
  const source = lastApplied(live);
  if (source === '') return undefined;
  let config: Json;
  try {
    config = JSON.parse(source) as Json;
  } catch {
    return undefined;
  }
  const atom = entrance.typeOf(entrance.apiVersion) ?? deduced;
  if (!isObject(config) || config.apiVersion !== entrance.apiVersion) return undefined;
  if (faults(config, atom, false).length > 0 || faults(live, atom, false).length > 0) return undefined;
  const { modified, added, removed } = compare(config, live, atom);
  return difference(difference(difference(fieldsOf(config, atom), modified), added), removed);
}

/** Keeps the annotation of client-side apply in step; it goes where the annotations would be too long. */
function withLastApplied(object: JsonObject, config: JsonObject): JsonObject {
  const metadata = field(object, 'metadata');
  const annotations = field(metadata, 'annotations');
  if (!isObject(metadata) || !isObject(annotations)) return object;
  const configMetadata = field(config, 'metadata');
  const configAnnotations = field(configMetadata, 'annotations');
  const { [lastAppliedAnnotation]: _own, ...others } = isObject(configAnnotations) ? configAnnotations : {};
  const plain =
    isObject(configAnnotations) && isObject(configMetadata) ? { ...config, metadata: { ...configMetadata, annotations: others } } : config;
  const value = `${goJson(plain)}\n`;
  const { [lastAppliedAnnotation]: _old, ...rest } = annotations;
  const next = { ...rest, [lastAppliedAnnotation]: value };
  const size = Object.entries(next).reduce((sum, [key, item]) => sum + bytes(key) + bytes(String(item)), 0);
  return { ...object, metadata: { ...metadata, annotations: size > annotationsLimit ? rest : next } };
}

function bytes(value: string): number {
  return new TextEncoder().encode(value).length;
}

/** JSON as Go's encoder writes it: sorted keys, characters that could end a script escaped. */
function goJson(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => goJson(item)).join(',')}]`;
  if (isObject(value))
    return `{${Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort()
      .map((key) => `${goJson(key)}:${goJson(value[key])}`)
      .join(',')}}`;
  return JSON.stringify(value ?? null).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
