// Volumes of pods: names, exactly one source each, and what each source needs (kubernetes pkg/apis/core/validation, ValidateVolumes, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, required } from '../../fields/error.ts';
import { goQuote } from '../../fields/go-text.ts';
import type { Path } from '../../fields/path.ts';
import { amount, compare } from '../amount.ts';
import { validateClaimTemplate } from '../core/persistent-volume-claim.ts';
import { complain } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain } from '../meta/names.ts';
import { given, object, objects, text } from '../read.ts';
import type { PodOptions } from './options.ts';
import { validateDescendingPath, validateFileMode, validateLocalPath } from './paths.ts';
import { validateDownwardFile, validateProjected } from './projected.ts';
import { validatePullPolicy } from './pull-policy.ts';
import { inlineCsi, iscsiNameTooLong, sharedSources } from './volume-sources.ts';

type PodSourceRule = (source: JsonObject, path: Path, errors: FieldError[], options: PodOptions) => void;

/** A key of a ConfigMap or Secret and where its file goes. */
export function validateKeyToPath(item: JsonObject, path: Path, errors: FieldError[]): void {
  if (text(item.key) === '') errors.push(required(path.child('key')));
  if (text(item.path) === '') errors.push(required(path.child('path')));
  validateLocalPath(text(item.path), path.child('path'), errors);
  validateFileMode(item.mode, path.child('mode'), errors);
}

function keyed(name: string): PodSourceRule {
  return (source, path, errors) => {
    if (text(source[name]) === '') errors.push(required(path.child(name)));
    validateFileMode(source.defaultMode, path.child('defaultMode'), errors);
    for (const [position, item] of objects(source.items).entries()) validateKeyToPath(item, path.child('items').index(position), errors);
  };
}

const gitRepo: PodSourceRule = (source, path, errors) => {
  if (text(source.repository) === '') errors.push(required(path.child('repository')));
  validateDescendingPath(text(source.directory), path.child('directory'), errors);
};

const downwardApi: PodSourceRule = (source, path, errors) => {
  validateFileMode(source.defaultMode, path.child('defaultMode'), errors);
  for (const item of objects(source.items)) validateDownwardFile(item, path, errors);
};

const projected: PodSourceRule = (source, path, errors, options) => {
  validateFileMode(source.defaultMode, path.child('defaultMode'), errors);
  validateProjected(source, path, errors, options);
};

const claim: PodSourceRule = (source, path, errors) => {
  if (text(source.claimName) === '') errors.push(required(path.child('claimName')));
};

const ephemeral: PodSourceRule = (source, path, errors, options) => {
  const template = object(source.volumeClaimTemplate);
  if (template === undefined) errors.push(required(path.child('volumeClaimTemplate')));
  else validateClaimTemplate(template, path.child('volumeClaimTemplate'), errors, options.features);
};

const image: PodSourceRule = (source, path, errors, options) => {
  if (options.isPod && text(source.reference) === '') errors.push(required(path.child('reference')));
  validatePullPolicy(source.pullPolicy, path.child('pullPolicy'), errors);
};

function shared(field: string): PodSourceRule {
  return (source, path, errors) => sharedSources[field]?.(source, path, errors, false);
}

/** In the order in which they are looked at: the first one counts, every other one is one too many. */
const sources: readonly {
  readonly field: string;
  readonly rule: PodSourceRule;
  /** What paths of errors call the field, where that is something else: inside, and as one too many. */
  readonly inside?: string;
  readonly extra?: string;
}[] = [
  { field: 'hostPath', rule: shared('hostPath') },
  { field: 'gitRepo', rule: gitRepo },
  { field: 'gcePersistentDisk', rule: shared('gcePersistentDisk'), inside: 'persistentDisk' },
  { field: 'awsElasticBlockStore', rule: shared('awsElasticBlockStore') },
  { field: 'secret', rule: keyed('secretName') },
  { field: 'nfs', rule: shared('nfs') },
  { field: 'iscsi', rule: shared('iscsi') },
  { field: 'glusterfs', rule: shared('glusterfs') },
  { field: 'flocker', rule: shared('flocker') },
  { field: 'persistentVolumeClaim', rule: claim },
  { field: 'rbd', rule: shared('rbd') },
  { field: 'cinder', rule: shared('cinder') },
  { field: 'cephfs', rule: shared('cephfs'), extra: 'cephFS' },
  { field: 'quobyte', rule: shared('quobyte') },
  { field: 'downwardAPI', rule: downwardApi, extra: 'downwarAPI' },
  { field: 'fc', rule: shared('fc') },
  { field: 'flexVolume', rule: shared('flexVolume') },
  { field: 'configMap', rule: keyed('name') },
  { field: 'azureFile', rule: shared('azureFile') },
  { field: 'vsphereVolume', rule: shared('vsphereVolume') },
  { field: 'photonPersistentDisk', rule: shared('photonPersistentDisk') },
  { field: 'portworxVolume', rule: shared('portworxVolume') },
  { field: 'azureDisk', rule: shared('azureDisk') },
  { field: 'storageos', rule: shared('storageos') },
  { field: 'projected', rule: projected },
  { field: 'scaleIO', rule: shared('scaleIO') },
  { field: 'csi', rule: (source, path, errors) => inlineCsi(source, path, errors, false) },
  { field: 'ephemeral', rule: ephemeral },
  { field: 'image', rule: image },
];

/** The volumes of a pod that are right, by name, for mounts to refer to. `podName` is undefined in templates. */
export function validateVolumes(
  volumes: readonly JsonObject[],
  podName: string | undefined,
  path: Path,
  errors: FieldError[],
  options: PodOptions,
): ReadonlyMap<string, JsonObject> {
  const good = new Map<string, JsonObject>();
  const created = new Set(
    podName === undefined || podName === ''
      ? []
      : volumes.filter((volume) => given(volume.ephemeral)).map((volume) => `${podName}-${text(volume.name)}`),
  );
  for (const [position, volume] of volumes.entries()) {
    const at = path.index(position);
    const name = text(volume.name);
    const before = errors.length;
    validateSource(volume, podName, at, errors, options);
    if (name === '') errors.push(required(at.child('name')));
    else complain(name, dnsLabel(name), at.child('name'), errors);
    if (good.has(name)) errors.push(duplicate(at.child('name'), name));
    if (errors.length === before) good.set(name, volume);
    const claimName = text(object(volume.persistentVolumeClaim)?.claimName);
    if (given(volume.persistentVolumeClaim) && created.has(claimName))
      errors.push(
        invalid(
          at.child('persistentVolumeClaim', 'claimName'),
          claimName,
          'must not reference a PVC that gets created for an ephemeral volume',
        ),
      );
  }
  return good;
}

function validateSource(volume: JsonObject, podName: string | undefined, path: Path, errors: FieldError[], options: PodOptions): void {
  const name = text(volume.name);
  let found = 0;
  const emptyDir = object(volume.emptyDir);
  if (emptyDir !== undefined) {
    found++;
    if (given(emptyDir.sizeLimit) && compare(amount(emptyDir.sizeLimit), amount(0)) < 0)
      errors.push(forbidden(path.child('emptyDir', 'sizeLimit'), 'SizeLimit field must be a valid resource quantity'));
  }
  for (const { field, rule, inside = field, extra = field } of sources) {
    const source = object(volume[field]);
    if (source === undefined) continue;
    if (found > 0) errors.push(forbidden(path.child(extra), 'may not specify more than 1 volume type'));
    else {
      rule(source, path.child(inside), errors, options);
      if (field === 'ephemeral' && podName !== undefined && podName !== '' && name !== '') {
        const claimName = `${podName}-${name}`;
        for (const complaint of dnsSubdomain(claimName))
          errors.push(invalid(path.child('name'), name, `PVC name ${goQuote(claimName)}: ${complaint}`));
      }
      found++;
    }
    if (field === 'iscsi') {
      const tooLong = iscsiNameTooLong(source, name);
      if (tooLong !== undefined) errors.push(invalid(path.child('name'), name, tooLong));
    }
  }
  if (found === 0) errors.push(required(path, 'must specify a volume type'));
}
