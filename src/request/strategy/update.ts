// What the registry makes of an updated object before it is validated: what this request cannot change is put back, generation counts changes
// of what is wanted (PrepareForUpdate in pkg/registry/*/strategy.go, Kubernetes 1.36).

import { type Struct, set, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asNumber, dig, type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import type { Attributes } from '../admission/plugin.ts';
import type { Target } from '../target.ts';
import { written } from '../write/written.ts';
import { dropDisabledFields } from './disabled.ts';
import { timeTaints } from './kinds.ts';
import { updateService } from './service.ts';
import { metadataOf, strategyOf } from './strategy.ts';

/** Prepares an updated object, in place; `old` is decoded too. */
export function prepareForUpdate(object: Struct, old: Struct, attributes: Attributes): void {
  const { target } = attributes;
  if (target.type.kind === 'custom') custom(object, old, target);
  else if (target.subresource === '') itself(object, old, attributes);
  else subresources[target.subresource]?.(object, old, attributes);
}

/** Everything but metadata counts; the status only where it is no subresource. */
function custom(object: Struct, old: Struct, { subresource, type }: Target): void {
  const hasStatus = type.kind === 'custom' && type.version.statusSubresource;
  if (subresource === 'status') {
    const { status } = object;
    const { managedFields } = metadataOf(object);
    for (const key of Object.keys(object)) delete object[key];
    for (const [key, value] of Object.entries(structuredClone(old))) set(object, key, value as Json);
    put(object, 'status', status);
    put(metadataOf(object), 'managedFields', managedFields);
    return;
  }
  if (hasStatus) put(object, 'status', old.status);
  const { metadata: _ours, status: _status, ...ours } = object;
  const { metadata: _theirs, status: _oldStatus, ...theirs } = old;
  const same = sameJson(ours, theirs) && (hasStatus || sameJson(object.status, old.status));
  if (!same) count(object, old);
}

function count(object: Struct, old: Struct): void {
  metadataOf(object).generation = (asNumber(metadataOf(old).generation) ?? 0) + 1;
}

/** Kinds whose comparison tells empty lists and maps from none. */
const byReflection = new Set([
  'networking.k8s.io/NetworkPolicy',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
]);

/** What of two objects is equal once it is written, where empty lists and maps are none. */
function isSame(object: Struct, old: Struct, target: Target, ...path: readonly string[]): boolean {
  if (sameJson(dig(object, ...path), dig(old, ...path))) return true;
  return sameJson(dig(written(object, target), ...path) ?? null, dig(written(old, target), ...path) ?? null);
}

function put(holder: Struct, key: string, value: Json | undefined): void {
  if (value === undefined) delete holder[key];
  else holder[key] = value;
}

/** What generation counts, by kind, where it is not the spec: both are as they are written, those that are compared by reflection apart. */
const counted: Readonly<Record<string, (object: JsonObject, old: JsonObject) => boolean>> = {
  'apps/Deployment': (object, old) => !sameAt(object, old, 'spec') || !sameAt(object, old, 'metadata', 'annotations'),
  '/PodTemplate': (object, old) => !sameAt(object, old, 'template'),
  'discovery.k8s.io/EndpointSlice': (object, old) => {
    const { metadata: _ours, ...ours } = object;
    const { metadata: _theirs, ...theirs } = old;
    return !sameJson(ours, theirs) || !sameAt(object, old, 'metadata', 'labels');
  },
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': (object, old) => !sameAt(object, old, 'webhooks'),
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': (object, old) => !sameAt(object, old, 'webhooks'),
  'scheduling.k8s.io/PriorityClass': () => false,
};

function sameAt(object: JsonObject, old: JsonObject, ...path: readonly string[]): boolean {
  return sameJson(dig(object, ...path) ?? null, dig(old, ...path) ?? null);
}

/** Kinds that keep their status through updates, beside those whose status a create drops. */
const keepsStatus = new Set(['/Node', '/Namespace', '/PersistentVolume', 'apiextensions.k8s.io/CustomResourceDefinition']);

function itself(object: Struct, old: Struct, attributes: Attributes): void {
  const { target } = attributes;
  const key = `${target.group}/${target.kind}`;
  const { generation, status } = strategyOf(target.group, target.kind);
  if (status === true || keepsStatus.has(key)) put(object, 'status', old.status);
  if (key === 'resource.k8s.io/ResourceSlice') timeTaints(object, attributes);
  if (countsFirst.has(key)) countChange(object, old, target, key);
  dropDisabledFields(object, old, target.group, target.kind, attributes.serving.server.features);
  kinds[key]?.(object, old, attributes);
  if ((generation === true || key === 'storage.k8s.io/CSIDriver') && !countsFirst.has(key)) countChange(object, old, target, key);
}

/** Kinds that count what is dropped afterwards. */
const countsFirst = new Set(['discovery.k8s.io/EndpointSlice', 'resource.k8s.io/ResourceSlice']);

function countChange(object: Struct, old: Struct, target: Target, key: string): void {
  const differs = (now: JsonObject, before: JsonObject) =>
    Object.hasOwn(counted, key) ? counted[key]?.(now, before) === true : !sameAt(now, before, 'spec');
  if (!differs(object as JsonObject, old as JsonObject)) return;
  if (byReflection.has(key) || differs(written(object, target), written(old, target))) count(object, old);
}

const templateGeneration = 'deprecated.daemonset.template.generation';

/** The version that is stored now joins those that were. */
function keepStoredVersions(definition: Struct): void {
  const status = { ...structAt(definition, 'status') };
  const storage = structsIn(structAt(definition, 'spec'), 'versions').find((version) => version.storage === true);
  const before = Array.isArray(status.storedVersions) ? status.storedVersions : [];
  const name = storage === undefined ? '' : textIn(storage, 'name');
  if (storage === undefined || before.includes(name)) return;
  status.storedVersions = [...before, name];
  definition.status = status as Json;
}

function keepTemplateGeneration(object: Struct, old: Struct, more = 0): void {
  const before = textIn(structAt(old, 'metadata', 'annotations'), templateGeneration) || '0';
  const annotations = { ...structAt(object, 'metadata', 'annotations'), [templateGeneration]: String(Number(before) + more) };
  metadataOf(object).annotations = annotations as Json;
}

/** What else is put back or changed, by kind. */
const kinds: Readonly<Record<string, (object: Struct, old: Struct, attributes: Attributes) => void>> = {
  'apps/DaemonSet': (object, old, { target }) => {
    keepTemplateGeneration(object, old, isSame(object, old, target, 'spec', 'template') ? 0 : 1);
  },
  'apiextensions.k8s.io/CustomResourceDefinition': keepStoredVersions,
  'discovery.k8s.io/EndpointSlice': (object, old, { target }) => {
    if (isSame(object, old, target, 'endpoints')) return;
    for (const endpoint of structsIn(object, 'endpoints')) delete endpoint.deprecatedTopology;
  },
  '/PersistentVolumeClaim': (object, _old, attributes) => strategyOf('', 'PersistentVolumeClaim').prepare?.(object, attributes),
  '/Namespace': (object, old) => {
    const { finalizers: _own, ...rest } = structAt(object, 'spec');
    const { finalizers } = structAt(old, 'spec');
    object.spec = { ...rest, ...(finalizers === undefined ? {} : { finalizers }) } as Json;
  },
  '/Secret': (object, old) => {
    if (textIn(object, 'type') === '') put(object, 'type', old.type);
  },
  '/Service': updateService,
  '/ServiceAccount': (object) => {
    const secrets = structsIn(object, 'secrets');
    if (secrets.length > 0) object.secrets = secrets.map(({ name }) => (name === undefined ? {} : { name })) as Json;
  },
  'certificates.k8s.io/CertificateSigningRequest': (object, old) => put(object, 'spec', old.spec),
};

const subresources: Readonly<Record<string, (object: Struct, old: Struct, attributes: Attributes) => void>> = {
  status: prepareStatus,
  approval: (object, old, attributes) => {
    timed(object, old, attributes);
    const { conditions } = structAt(object, 'status');
    put(object, 'spec', old.spec);
    const { conditions: _before, ...rest } = structAt(old, 'status');
    object.status = { ...rest, ...(conditions === undefined ? {} : { conditions }) } as Json;
  },
  finalize: (object, old) => put(object, 'status', old.status),
  ephemeralcontainers: (object, old, { target }) => {
    const { ephemeralContainers } = structAt(object, 'spec');
    const { ephemeralContainers: _before, ...spec } = structAt(old, 'spec');
    object.spec = { ...structuredClone(spec), ...(ephemeralContainers === undefined ? {} : { ephemeralContainers }) } as Json;
    put(object, 'status', old.status);
    keepMetadata(object, old);
    countPod(object, old, target);
  },
  resize: (object, old, { target }) => {
    resize(object, old);
    countPod(object, old, target);
  },
};

function countPod(object: Struct, old: Struct, target: Target): void {
  if (!isSame(object, old, target, 'spec')) count(object, old);
}

/** Only names, labels and annotations apart, an update through a subresource leaves metadata alone. */
function keepMetadata(object: Struct, old: Struct): void {
  const { managedFields, resourceVersion } = metadataOf(object);
  const kept = { ...metadataOf(old) };
  put(kept, 'managedFields', managedFields);
  put(kept, 'resourceVersion', resourceVersion);
  object.metadata = kept as Json;
}

function resize(object: Struct, old: Struct): void {
  const spec = structAt(object, 'spec');
  const before = structAt(old, 'spec');
  const lists = ['containers', 'initContainers'] as const;
  if (lists.some((list) => structsIn(spec, list).length !== structsIn(before, list).length)) return;
  const next: Struct = { ...structuredClone(before) };
  put(next, 'resources', spec.resources);
  for (const list of lists) {
    const own = structsIn(spec, list);
    const theirs = structsIn(before, list);
    if (own.length === 0) continue;
    next[list] = (
      own.some(({ name }, index) => name !== theirs[index]?.name)
        ? own
        : theirs.map((container, index) => {
            const merged = { ...container };
            put(merged, 'resources', own[index]?.resources);
            put(merged, 'resizePolicy', own[index]?.resizePolicy);
            return merged;
          })
    ) as Json;
  }
  object.spec = next as Json;
  put(object, 'status', old.status);
  keepMetadata(object, old);
}

/** Kinds whose status requests cannot change metadata at all. */
const keepsMetadata = new Set([
  'networking.k8s.io/ServiceCIDR',
  'resource.k8s.io/ResourceClaim',
  'resource.k8s.io/DeviceTaintRule',
  'storage.k8s.io/VolumeAttachment',
  'storagemigration.k8s.io/StorageVersionMigration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'certificates.k8s.io/PodCertificateRequest',
  'resource.k8s.io/ResourcePoolStatusRequest',
  'scheduling.k8s.io/PodGroup',
  'internal.apiserver.k8s.io/StorageVersion',
]);

/** What such a request leaves alone. */
const notOfStatus = ['deletionTimestamp', 'generation', 'selfLink', 'labels', 'annotations', 'finalizers', 'ownerReferences'];

function prepareStatus(object: Struct, old: Struct, attributes: Attributes): void {
  const { target, serving } = attributes;
  const key = `${target.group}/${target.kind}`;
  put(object, 'spec', old.spec);
  if (keepsMetadata.has(key)) for (const field of notOfStatus) put(metadataOf(object), field, metadataOf(old)[field]);
  if (key !== '/Pod') dropDisabledFields(object, old, target.group, target.kind, serving.server.features);
  switch (key) {
    case 'apps/DaemonSet':
      keepTemplateGeneration(object, old);
      return;
    case 'apps/Deployment':
      put(metadataOf(object), 'labels', metadataOf(old).labels);
      return;
    case 'apiregistration.k8s.io/APIService':
      for (const part of ['labels', 'annotations', 'finalizers', 'ownerReferences']) put(metadataOf(object), part, metadataOf(old)[part]);
      return;
    case '/Pod': {
      delete metadataOf(object).deletionTimestamp;
      put(metadataOf(object), 'ownerReferences', metadataOf(old).ownerReferences);
      const status = structAt(object, 'status');
      if (textIn(status, 'qosClass') === '') put(status, 'qosClass', structAt(old, 'status').qosClass);
      keepObservedGeneration(status, structAt(old, 'status'));
      object.status = status as Json;
      dropDisabledFields(object, old, '', 'Pod', serving.server.features);
      return;
    }
    case '/PersistentVolume': {
      const status = structAt(object, 'status');
      const before = structAt(old, 'status');
      const { lastPhaseTransitionTime: time } = status;
      if (status.phase === before.phase) {
        if (time === undefined) put(status, 'lastPhaseTransitionTime', before.lastPhaseTransitionTime);
      } else if (time === undefined || time === before.lastPhaseTransitionTime) status.lastPhaseTransitionTime = serving.circumstances.now;
      object.status = status as Json;
      return;
    }
    case 'resource.k8s.io/ResourceClaim':
      dropDeallocated(object, old);
      return;
    case 'certificates.k8s.io/CertificateSigningRequest': {
      const status = { ...structAt(object, 'status') };
      for (const decision of ['Approved', 'Denied']) {
        const kept = structsIn(structAt(old, 'status'), 'conditions').filter(({ type }) => type === decision);
        const conditions = structsIn(status, 'conditions');
        // Where some were added or taken away, they stay so, and validation says it.
        if (kept.length === 0 || conditions.filter(({ type }) => type === decision).length !== kept.length) continue;
        status.conditions = conditions.map((condition) => (condition.type === decision ? kept.shift() : condition)) as Json;
      }
      object.status = status as Json;
      timed(object, old, attributes);
      return;
    }
  }
}

/** The generation that a pod's status was made of stays where a request names none; so does that of each condition. */
function keepObservedGeneration(status: Struct, old: Struct): void {
  const key = 'observedGeneration';
  if ((asNumber(status[key]) ?? 0) === 0) put(status, key, old[key]);
  const before = [...structsIn(old, 'conditions')];
  for (const condition of structsIn(status, 'conditions')) {
    const at = before.findIndex(({ type }) => type === condition.type);
    const [same] = at < 0 ? [] : before.splice(at, 1);
    if ((asNumber(condition[key]) ?? 0) === 0) put(condition, key, same?.[key]);
  }
}

/** What drivers said of devices goes with the devices. */
function dropDeallocated(claim: Struct, old: Struct): void {
  const nameOf = (entry: Struct) => ['driver', 'pool', 'device', 'shareID'].map((key) => textIn(entry, key)).join('/');
  const allocated = (of: Struct) => structsIn(structAt(of, 'status', 'allocation', 'devices'), 'results').map(nameOf);
  const still = new Set(allocated(claim));
  const gone = new Set(allocated(old).filter((name) => !still.has(name)));
  const devices = structsIn(structAt(claim, 'status'), 'devices');
  const kept = devices.filter((device) => !gone.has(nameOf(device)));
  if (devices.length > 0 && kept.length === 0) delete structAt(claim, 'status').devices;
  else if (kept.length < devices.length) claim.status = { ...structAt(claim, 'status'), devices: kept } as Json;
}

/** Conditions of certificate requests get the times they lack. */
function timed(object: Struct, old: Struct, { serving }: Attributes): void {
  const { now } = serving.circumstances;
  const before = structsIn(structAt(old, 'status'), 'conditions');
  for (const condition of structsIn(structAt(object, 'status'), 'conditions')) {
    if (condition.lastUpdateTime === undefined) condition.lastUpdateTime = now;
    const same = before.find(({ type, status }) => type === condition.type && status === condition.status);
    if (condition.lastTransitionTime === undefined) condition.lastTransitionTime = same?.lastTransitionTime ?? now;
  }
}
