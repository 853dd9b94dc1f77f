// The scale of a workload: its number of replicas behind a kind of its own, with managed fields that move between both
// (pkg/registry/*/storage, scaleUpdatedObjectInfo, and managedfields.ScaleHandler, Kubernetes 1.36).

import { difference, type FieldPath, fieldSet, hasField } from '../../kube/apply/field-set.ts';
import { type Managed, type Managers, managerOf, noManagers, readManagers, writeManagers } from '../../kube/apply/managed.ts';
import { groupVersion } from '../../kube/object.ts';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { structAt } from '../../kube/schema/defaults/struct.ts';
import { asNumber, asObject, asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Refusal } from '../answer.ts';
import { invalid, invalidObject } from '../fields/error.ts';
import { badRequest, conflict } from '../status.ts';
import { metadataOf } from '../strategy/strategy.ts';
import { type Target, targetOf } from '../target.ts';
import { builtInPlaces, placesOf, type ScalePlaces, scaleOf, scaleVersion } from '../write/scale.ts';
import { type Change, change, type Outcome } from '../write/update.ts';
import { reread, written } from '../write/written.ts';

/** What stands for replicas that a custom resource does not have. */
const unset = -(2 ** 31);
const replicasOfScale: FieldPath = ['f:spec', 'f:replicas'];

/** Carries out a change; of a scale, through the object it belongs to. */
export function changeOrScale(wanted: Change): Outcome {
  if (wanted.target.subresource !== 'scale') return change(wanted);
  const parent = parentOf(wanted);
  if (parent === undefined) return change(wanted);
  const places = placesOf(parent);
  const propose = (existing: JsonObject | undefined): Result<Struct, Refusal> => {
    if (existing === undefined) return failure(conflict(parent, parent.name, 'it is gone'));
    const isCustom = parent.type.kind === 'custom';
    const scale = scaleOf(existing, places);
    // Nothing is told from no replicas where a patch begins.
    const before = isCustom && dig(existing, ...places.spec) === undefined ? { ...scale, spec: { replicas: unset } } : scale;
    const proposed = wanted.propose(withScaleManagers(before, existing, pathsOf(parent)));
    if (!proposed.ok) return proposed;
    if (isCustom && structAt(proposed.value, 'spec').replicas === unset)
      return failure(badRequest(`the spec replicas field ${JSON.stringify(`.${places.spec.join('.')}`)} cannot be empty`));
    return scaled(existing, proposed.value, parent, places);
  };
  const shown = (object: Struct, existing: JsonObject) => ({
    target: wanted.target,
    object: scaleOf(written(object, parent), places) as unknown as Struct,
    old: scaleOf(existing, places),
  });
  const outcome = change({ ...wanted, target: parent, uid: '', propose, shown });
  return outcome.kind === 'written' ? { ...outcome, object: scaleOf(outcome.object, places) } : outcome;
}

/** The object whose scale a request is about. */
function parentOf({ request, target, writing }: Change): Target | undefined {
  const path = request.path.replace(/\/scale\/?$/, '');
  const found = targetOf({ ...request, path }, writing);
  return 'code' in found ? undefined : { ...found, info: target.info };
}

function managersOf(object: JsonObject): Managers {
  const managers = readManagers(field(object.metadata, 'managedFields'));
  return typeof managers === 'string' ? noManagers : managers;
}

/** Where replicas stand in a version of an object: nowhere where it has no scale, undefined for a version that is not known. */
type PathIn = (apiVersion: string) => FieldPath | 'nowhere' | undefined;

function pathsOf({ type, group }: Target): PathIn {
  const path = ({ spec }: ScalePlaces): FieldPath => spec.map((name) => `f:${name}`);
  if (type.kind === 'built-in')
    return (apiVersion) => (groupVersion(apiVersion).group === group ? path(builtInPlaces(apiVersion)) : undefined);
  return (apiVersion) => {
    const [ownGroup, name = ''] = apiVersion.split('/');
    if (ownGroup !== group || !type.custom.versions.some((version) => version.name === name)) return undefined;
    const places = placesOf({ type, apiVersion, version: name });
    return places.spec.length === 0 ? 'nowhere' : path(places);
  };
}

function owns({ set, apiVersion }: Managed, paths: PathIn): boolean {
  const path = paths(apiVersion);
  return path !== undefined && path !== 'nowhere' && hasField(set, path);
}

/** Entries that own the replicas, as entries of the scale. */
function withScaleManagers(scale: JsonObject, parent: JsonObject, paths: PathIn): JsonObject {
  const entries = new Map<string, Managed>();
  for (const [id, managed] of managersOf(parent))
    if (owns(managed, paths)) entries.set(id, { ...managed, set: fieldSet(replicasOfScale), apiVersion: scaleVersion });
  return entries.size === 0 ? scale : { ...scale, metadata: { ...asObject(scale.metadata), managedFields: writeManagers(entries) } };
}

/**
 * Entries of the parent after the scale was written: who lost the replicas, who has them. An entry of an update is another one on its way back,
 * because its identity names the version of the scale.
 */
function parentManagers(parent: JsonObject, scale: Struct, apiVersion: string, paths: PathIn): readonly JsonObject[] {
  const before = managersOf(parent);
  const ofScale = new Map(managersOf(scale as unknown as JsonObject));
  const entries = new Map<string, Managed>();
  for (const [id, managed] of before) {
    const path = paths(managed.apiVersion);
    if (path === undefined) continue;
    if (path === 'nowhere' || !hasField(managed.set, path) || ofScale.delete(id)) {
      entries.set(id, managed);
      continue;
    }
    const set = difference(managed.set, fieldSet(path));
    if (set.size > 0) entries.set(id, { ...managed, set });
  }
  const own = paths(apiVersion);
  for (const [id, managed] of ofScale) {
    if (own === undefined || own === 'nowhere' || !hasField(managed.set, replicasOfScale)) continue;
    const { time: _time, ...rest } = managed;
    const time = before.get(id)?.time;
    const entry = { ...rest, set: fieldSet(own), apiVersion, applied: managerOf(id).operation === 'Apply' };
    entries.set(id, time === undefined ? entry : { ...entry, time });
  }
  return writeManagers(entries);
}

/** The parent with the replicas of the scale. */
function scaled(existing: JsonObject, scale: Struct, parent: Target, places: ScalePlaces): Result<Struct, Refusal> {
  const { name } = parent;
  const replicas = asNumber(structAt(scale, 'spec').replicas) ?? 0;
  if (replicas < 0 && parent.type.kind === 'built-in') {
    const error = invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
    return failure(invalidObject({ group: 'autoscaling', kind: 'Scale' }, name, [error]));
  }
  const uid = asString(metadataOf(scale).uid) ?? '';
  const stored = asString(field(existing.metadata, 'uid')) ?? '';
  if (uid !== '' && uid !== stored)
    return failure(conflict(parent, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${stored}`));
  const object = reread(existing, parent);
  let holder = object;
  for (const key of places.spec.slice(0, -1)) holder = ensuredCopy(holder, key);
  holder[places.spec.at(-1) ?? 'replicas'] = replicas;
  const metadata = metadataOf(object);
  const revision = asString(metadataOf(scale).resourceVersion) ?? '';
  if (revision !== '') metadata.resourceVersion = revision;
  const managedFields = parentManagers(existing, scale, places.apiVersion, pathsOf(parent));
  if (managedFields.length === 0) delete metadata.managedFields;
  else metadata.managedFields = managedFields as Json;
  return ok(object);
}

function ensuredCopy(holder: Struct, key: string): Struct {
  const inner: Struct = { ...structAt(holder, key) };
  holder[key] = inner as Json;
  return inner;
}
