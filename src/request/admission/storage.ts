// Plugins about storage: DefaultStorageClass, StorageObjectInUseProtection, PersistentVolumeClaimResize.

import { compareQuantities } from '../../kube/quantity.ts';
import { ensured, type Struct, structAt } from '../../kube/schema/defaults/struct.ts';
import { asList, asString, dig, type JsonObject } from '../../lib/json.ts';
import { forbidden } from '../status.ts';
import { metadataOf } from '../strategy/strategy.ts';
import { amountsIn } from './amounts.ts';
import type { Attributes, Plugin } from './plugin.ts';

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';
const storageClasses = { group: 'storage.k8s.io', resource: 'storageclasses' };

function claimIn({ target, object }: Attributes): Struct | undefined {
  return target.group === '' && target.resource === 'persistentvolumeclaims' && target.subresource === '' ? object : undefined;
}

export const defaultStorageClass: Plugin = {
  name: 'DefaultStorageClass',
  admit: (attributes) => {
    const claim = claimIn(attributes);
    if (claim === undefined || attributes.operation !== 'CREATE') return undefined;
    if (Object.hasOwn(structAt(claim, 'metadata', 'annotations'), classAnnotation)) return undefined;
    const spec = ensured(claim, 'spec');
    if (spec.storageClassName !== undefined) return undefined;
    const found = newestMarked(attributes.serving.state.list(storageClasses), [
      'storageclass.kubernetes.io/is-default-class',
      'storageclass.beta.kubernetes.io/is-default-class',
    ]);
    if (found === undefined) return undefined;
    spec.storageClassName = found;
    attributes.serving.because?.(
      `StorageClass ${found} is the default, and the claim names none`,
      `StorageClass ${found}, annotation storageclass.kubernetes.io/is-default-class; of several the newest`,
    );
    return undefined;
  },
};

/** The name of the object marked by an annotation; of several the newest, then the first by name. */
export function newestMarked(objects: readonly JsonObject[], annotations: readonly string[]): string | undefined {
  const marked = objects.filter((each) => annotations.some((key) => dig(each, 'metadata', 'annotations', key) === 'true'));
  const rank = (each: JsonObject) => ({
    made: asString(dig(each, 'metadata', 'creationTimestamp')) ?? '',
    name: asString(dig(each, 'metadata', 'name')) ?? '',
  });
  const sorted = marked.map(rank).sort((a, b) => (a.made !== b.made ? (a.made < b.made ? 1 : -1) : a.name < b.name ? -1 : 1));
  return sorted[0]?.name;
}

const protections: Readonly<Record<string, string>> = {
  '/persistentvolumes': 'kubernetes.io/pv-protection',
  '/persistentvolumeclaims': 'kubernetes.io/pvc-protection',
  'storage.k8s.io/volumeattributesclasses': 'kubernetes.io/vac-protection',
};

export const storageObjectInUseProtection: Plugin = {
  name: 'StorageObjectInUseProtection',
  admit: ({ target, object, operation, serving }) => {
    const finalizer = target.subresource === '' ? protections[`${target.group}/${target.resource}`] : undefined;
    if (finalizer === undefined || object === undefined || operation !== 'CREATE') return undefined;
    const metadata = metadataOf(object);
    const finalizers = asList(metadata.finalizers);
    if (finalizers.includes(finalizer)) return undefined;
    metadata.finalizers = [...finalizers, finalizer];
    serving.because?.(`what is in use does not go: ${finalizer} is taken away once it is not`);
    return undefined;
  },
};

export const persistentVolumeClaimResize: Plugin = {
  name: 'PersistentVolumeClaimResize',
  validate: (attributes) => {
    const claim = claimIn(attributes);
    if (claim === undefined || attributes.operation !== 'UPDATE') return undefined;
    const before = (attributes.old ?? {}) as unknown as Struct;
    const sizeOf = (each: Struct) => amountsIn(structAt(each, 'spec', 'resources', 'requests')).get('storage');
    const size = sizeOf(claim);
    const oldSize = sizeOf(before);
    if (size === undefined || (oldSize !== undefined && compareQuantities(size, oldSize) <= 0)) return undefined;
    const no = (why: string) => forbidden(attributes.target, attributes.name, why);
    if (structAt(before, 'status').phase !== 'Bound') return no('Only bound persistent volume claims can be expanded');
    const name = classOf(claim);
    const found = attributes.serving.state.get(storageClasses, '', name);
    if (name !== '' && name === classOf(before) && found?.allowVolumeExpansion === true) return undefined;
    return no('only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
  },
};

function classOf(claim: Struct): string {
  const written = structAt(claim, 'metadata', 'annotations')[classAnnotation];
  return asString(written) ?? asString(structAt(claim, 'spec').storageClassName) ?? '';
}
