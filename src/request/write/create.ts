// A POST that makes an object, as k8s.io/apiserver does it (pkg/endpoints/handlers/create.go and pkg/registry, 1.36): decoded and defaulted,
// changed by admission, prepared by its strategy, validated, judged by admission, and then what would be stored. Storing is left to the caller.

import { groupVersion } from '../../kube/object.ts';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { asString, field, type JsonObject } from '../../lib/json.ts';
import type { Attributes } from '../admission/plugin.ts';
import { admit, type Observe, validateAdmission } from '../admission/run.ts';
import type { Answer, Refusal } from '../answer.ts';
import { decodeRequest } from '../decode/decode.ts';
import { invalidObject } from '../fields/error.ts';
import { storageOf } from '../read/storage.ts';
import { type ApiRequest, isDryRun } from '../request.ts';
import type { Serving } from '../server.ts';
import { allocate } from '../services/allocate.ts';
import { alreadyExists, badRequest, generatedNameTaken, methodNotAllowed, refused } from '../status.ts';
import { metadataOf, prepareForCreate } from '../strategy/strategy.ts';
import type { Target } from '../target.ts';
import { escalation } from './escalation.ts';
import { setManagedFields } from './managed-fields.ts';
import { writeOptions } from './operation-options.ts';
import { managerName, optionsRefusal } from './options.ts';
import { dropRepeatedOwners } from './owners.ts';
import { validateNew } from './validation.ts';
import { deprecationWarning } from './warnings.ts';
import { encoded, stored, written } from './written.ts';

/** What the server answers to a create; the object of a 201 is what it stores, or would. */
export function create(request: ApiRequest, target: Target, serving: Serving, observe?: Observe): Answer {
  const warnings: string[] = [];
  const deprecated = deprecationWarning(target, serving.server);
  if (deprecated !== undefined) warnings.push(deprecated);
  const refuse = (refusal: Refusal) => refused(refusal, warnings);
  if ((target.name !== '' && target.type.kind === 'built-in') || !target.verbs.includes('create')) return refuse(methodNotAllowed());
  const unfit = optionsRefusal('CreateOptions', request);
  if (unfit !== undefined) return refuse(unfit);
  const decoded = decodeRequest(request, target, serving, warnings);
  if (!decoded.ok) return refuse(decoded.problem);
  const { object } = decoded.value;
  warnings.push(...decoded.value.warnings);
  const metadata = metadataOf(object);
  for (const key of systemFields) delete metadata[key];
  if (!placeIn(metadata, target)) return refuse(misplaced);
  const name = asString(metadata.name) ?? '';
  dropRepeatedOwners(object, warnings, 'before');
  setManagedFields(object, undefined, managerName(request), target, serving);
  const attributes: Attributes = {
    operation: 'CREATE',
    target,
    serving,
    user: request.user,
    name,
    namespace: target.group === '' && target.kind === 'Namespace' ? name : target.namespace,
    object,
    old: undefined,
    options: writeOptions('CreateOptions', request),
    dryRun: isDryRun(request),
    warnings,
    unknown: [],
    audit: new Map(),
  };
  observe?.({ stage: 'decoded', attributes });
  const refusal = admit(attributes, observe) ?? register(object, attributes, observe) ?? versioned(attributes) ?? taken(attributes);
  if (refusal !== undefined) return refuse(refusal);
  return { code: 201, object: stored(object, target, serving), warnings };
}

const misplaced = badRequest('the namespace of the provided object does not match the namespace sent on the request');
const systemFields = ['uid', 'creationTimestamp', 'selfLink', 'deletionTimestamp', 'deletionGracePeriodSeconds'];
const longestBase = 58;

/** Puts the object into the namespace of the path; false where it says another. */
function placeIn(metadata: Struct, { namespace }: Target): boolean {
  const own = asString(metadata.namespace) ?? '';
  if (namespace === '') delete metadata.namespace;
  else if (own === '') metadata.namespace = namespace;
  return namespace === '' || own === '' || own === namespace;
}

/** What follows mutating admission of a new object up to the store, in place. `before` is asked ahead of those who judge the final object. */
export function register(
  object: Struct,
  attributes: Attributes,
  observe?: Observe,
  before?: () => Refusal | undefined,
): Refusal | undefined {
  const refusal = escalation(attributes) ?? prepare(object, attributes);
  observe?.({ stage: 'validated', refusal, attributes });
  if (refusal !== undefined) return refusal;
  const unasked = before?.();
  if (unasked !== undefined) return unasked;
  // Who judges now sees the name that the server has made.
  const named = attributes.name === '' ? { ...attributes, name: asString(metadataOf(object).name) ?? '' } : attributes;
  return validateAdmission(named, observe);
}

function prepare(object: Struct, attributes: Attributes): Refusal | undefined {
  const { target, serving } = attributes;
  const metadata = metadataOf(object);
  // Admission may have changed what was checked before it.
  if (!placeIn(metadata, target)) return misplaced;
  metadata.creationTimestamp = serving.circumstances.now;
  metadata.uid = serving.circumstances.uid();
  const base = asString(metadata.generateName) ?? '';
  if (base !== '' && (metadata.name ?? '') === '') metadata.name = base.slice(0, longestBase) + serving.circumstances.suffix(5);
  const unavailable = allocate(object, attributes);
  if (unavailable !== undefined) return unavailable;
  prepareForCreate(object, target, attributes);
  const errors = validateNew(object as unknown as JsonObject, attributes);
  if (errors.length > 0) return invalidObject(saidKind(object, target), asString(metadata.name) ?? '', errors);
  return undefined;
}

/** A custom object that says it is of another kind than its resource is refused as what it says. */
export function saidKind(object: Struct, { group, kind, type }: Target): { readonly group: string; readonly kind: string } {
  if (type.kind === 'built-in') return { group, kind };
  const version = asString(object.apiVersion) ?? '';
  return { group: version === '' ? group : groupVersion(version).group, kind: asString(object.kind) || kind };
}

/** A new object has no version yet. A dry run does not come as far as the part of the store that asks, nor does a write that happens to create. */
function versioned({ object, dryRun }: Attributes): Refusal | undefined {
  const version = object === undefined ? '' : (stringsOf(metadataOf(object)).resourceVersion ?? '');
  if (dryRun || !/^[0-9]+$/.test(version) || /^0+$/.test(version)) return undefined;
  return { code: 500, reason: '', message: 'resourceVersion should not be set on objects to be created' };
}

function taken({ object, target, serving }: Attributes): Refusal | undefined {
  const { name = '', generateName = '' } = object === undefined ? {} : stringsOf(metadataOf(object));
  const known = serving.state.get(storageOf(target), target.namespace, name);
  if (known === undefined || object === undefined) return undefined;
  // What cannot be written is not compared with what is there.
  encoded(written(object, target), target, serving);
  const isBeingDeleted = field(known.metadata, 'deletionTimestamp') !== undefined;
  return (generateName === '' ? alreadyExists : generatedNameTaken)(target, name, isBeingDeleted);
}

function stringsOf({ name, generateName, resourceVersion }: Struct) {
  return { name: asString(name), generateName: asString(generateName), resourceVersion: asString(resourceVersion) };
}
