// Sources of volumes that pods and PersistentVolumes share, one function each (kubernetes pkg/apis/core/validation, 1.36). Where the two differ,
// `persistent` says which is meant. Fields of error paths are the server's, misspelt ones too.

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, notSupported, required, tooLong } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain, rangeComplaint } from '../meta/names.ts';
import { byteLength, count, given, object, size, struct, text, texts } from '../read.ts';
import { validateNoBacksteps } from './paths.ts';

export type SourceRule = (source: JsonObject, path: Path, errors: FieldError[], persistent: boolean) => void;

/** Fields that may not be empty. */
function needs(...fields: readonly string[]): SourceRule {
  return (source, path, errors) => {
    for (const field of fields) if (text(source[field]) === '' && size(source[field]) === 0) errors.push(required(path.child(field)));
  };
}

function both(...rules: readonly SourceRule[]): SourceRule {
  return (source, path, errors, persistent) => {
    for (const rule of rules) rule(source, path, errors, persistent);
  };
}

const partition: SourceRule = (source, path, errors) => {
  const value = count(source.partition);
  if (value < 0 || value > 255) errors.push(invalid(path.child('partition'), value, rangeComplaint(1, 255)));
};

/** A Secret that must be named; by PersistentVolumes with its namespace. */
const secretRef: SourceRule = (source, path, errors, persistent) => {
  const reference = object(source.secretRef);
  if (reference === undefined) return;
  if (text(reference.name) === '') errors.push(required(path.child('secretRef', 'name')));
  if (persistent && text(reference.namespace) === '') errors.push(required(path.child('secretRef', 'namespace')));
};

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

export const hostPath: SourceRule = (source, path, errors) => {
  const target = text(source.path);
  if (target === '') {
    errors.push(required(path.child('path')));
    return;
  }
  validateNoBacksteps(target, path.child('path'), errors);
  if (given(source.type) && !hostPathTypes.includes(text(source.type)))
    errors.push(notSupported(path.child('type'), source.type, hostPathTypes));
};

export const nfs: SourceRule = (source, path, errors) => {
  needs('server', 'path')(source, path, errors, false);
  if (!text(source.path).startsWith('/')) errors.push(invalid(path.child('path'), text(source.path), 'must be an absolute path'));
};

const qualifiedNameForms: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.[0-9]{4}-[0-9]{2}\.[-A-Za-z0-9.]+:[^,;*&$|\s]+$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function validateIscsiName(name: string, path: Path, errors: FieldError[], persistent: boolean): void {
  const form = qualifiedNameForms[name.slice(0, 3)];
  if (form === undefined)
    errors.push(invalid(path, name, persistent ? 'must be valid format' : 'must be valid format starting with iqn, eui, or naa'));
  else if (!form.test(name)) errors.push(invalid(path, name, 'must be valid format'));
}

export const iscsi: SourceRule = (source, path, errors, persistent) => {
  needs('targetPortal')(source, path, errors, persistent);
  if (text(source.iqn) === '') errors.push(required(path.child('iqn')));
  else validateIscsiName(text(source.iqn), path.child('iqn'), errors, persistent);
  const lun = count(source.lun);
  if (lun < 0 || lun > 255) errors.push(invalid(path.child('lun'), lun, rangeComplaint(0, 255)));
  const secret = object(source.secretRef);
  if ((source.chapAuthDiscovery === true || source.chapAuthSession === true) && secret === undefined)
    errors.push(required(path.child('secretRef')));
  if (persistent && secret !== undefined && text(secret.name) === '') errors.push(required(path.child('secretRef', 'name')));
  if (given(source.initiatorName)) validateIscsiName(text(source.initiatorName), path.child('initiatorname'), errors, persistent);
};

/** Volume and portal together must fit a name of the node's. */
export function iscsiNameTooLong(source: JsonObject, volume: string): string | undefined {
  return given(source.initiatorName) && byteLength(`${volume}:${text(source.targetPortal)}`) > 64
    ? 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'
    : undefined;
}

export const fc: SourceRule = (source, path, errors) => {
  const targets = texts(source.targetWWNs);
  const ids = size(source.wwids);
  if (targets.length === 0 && ids === 0)
    errors.push(required(path.child('targetWWNs'), 'must specify either targetWWNs or wwids, but not both'));
  if (targets.length > 0 && ids > 0)
    errors.push(invalid(path.child('targetWWNs'), targets, 'targetWWNs and wwids can not be specified simultaneously'));
  if (targets.length === 0) return;
  if (!given(source.lun)) errors.push(required(path.child('lun'), 'lun is required if targetWWNs is specified'));
  else if (count(source.lun) < 0 || count(source.lun) > 255) errors.push(invalid(path.child('lun'), source.lun, rangeComplaint(0, 255)));
};

/** `host:port`, as Go's net.SplitHostPort takes it. */
function isHostPort(pair: string): boolean {
  return /^(?:\[[^[\]]*\]|[^[\]:]*):[^[\]:]*$/.test(pair);
}

export const quobyte: SourceRule = (source, path, errors) => {
  const registry = text(source.registry);
  const words = 'must be a host:port pair or multiple pairs separated by commas';
  if (registry === '') errors.push(required(path.child('registry'), words));
  else if (byteLength(text(source.tenant)) >= 65)
    errors.push(required(path.child('tenant'), 'must be a UUID and may not exceed a length of 64 characters'));
  else for (const pair of registry.split(',')) if (!isHostPort(pair)) errors.push(invalid(path.child('registry'), registry, words));
  needs('volume')(source, path, errors, false);
};

export const glusterfs: SourceRule = (source, path, errors, persistent) => {
  needs('endpoints', 'path')(source, path, errors, persistent);
  if (!persistent || !given(source.endpointsNamespace)) return;
  const namespace = text(source.endpointsNamespace);
  const at = path.child('endpointsNamespace');
  if (namespace === '') errors.push(invalid(at, '', 'if the endpointnamespace is set, it must be a valid namespace name'));
  else complain(namespace, dnsLabel(namespace), at, errors);
};

export const flocker: SourceRule = (source, path, errors) => {
  const name = text(source.datasetName);
  const id = text(source.datasetUUID);
  if (name === '' && id === '') errors.push(required(path, 'one of datasetName and datasetUUID is required'));
  if (name !== '' && id !== '') errors.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  if (name.includes('/')) errors.push(invalid(path.child('datasetName'), name, "must not contain '/'"));
};

export const flexVolume: SourceRule = (source, path, errors) => {
  needs('driver')(source, path, errors, false);
  for (const key of Object.keys(struct(source.options))) {
    const domain = `.${(key.split('/').length > 1 ? (key.split('/')[0] ?? '') : key).toLowerCase()}`;
    if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io'))
      errors.push(invalid(path.child('options').key(key), key, 'kubernetes.io and k8s.io namespaces are reserved'));
  }
};

export const azureFile: SourceRule = (source, path, errors, persistent) => {
  needs('secretName', 'shareName')(source, path, errors, persistent);
  if (persistent && given(source.secretNamespace) && text(source.secretNamespace) === '')
    errors.push(required(path.child('secretNamespace')));
};

const managedDisk = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const blobDisk = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

export const azureDisk: SourceRule = (source, path, errors) => {
  needs('diskName', 'diskURI')(source, path, errors, false);
  const lists = { cachingMode: ['None', 'ReadOnly', 'ReadWrite'], kind: ['Dedicated', 'Managed', 'Shared'] };
  for (const [field, allowed] of Object.entries(lists))
    if (given(source[field]) && !allowed.includes(text(source[field])))
      errors.push(notSupported(path.child(field), source[field], allowed));
  if (!given(source.kind)) return;
  const uri = text(source.diskURI);
  const managed = source.kind === 'Managed';
  if (!uri.startsWith(managed ? '/subscriptions/' : 'https://'))
    errors.push(notSupported(path.child('diskURI'), uri, [managed ? managedDisk : blobDisk]));
};

export const storageos: SourceRule = (source, path, errors, persistent) => {
  const name = text(source.volumeName);
  if (name === '') errors.push(required(path.child('volumeName')));
  else complain(name, dnsLabel(name), path.child('volumeName'), errors);
  const namespace = text(source.volumeNamespace);
  if (namespace !== '') complain(namespace, dnsLabel(namespace), path.child('volumeNamespace'), errors);
  secretRef(source, path, errors, persistent);
};

export function validateCsiDriverName(driver: string, path: Path, errors: FieldError[]): void {
  if (driver === '') {
    errors.push(required(path));
    return;
  }
  if (byteLength(driver) > 63) errors.push(tooLong(path, 63));
  complain(driver, dnsSubdomain(driver.toLowerCase()), path, errors);
}

const csiSecrets = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'];

export const persistentCsi: SourceRule = (source, path, errors) => {
  validateCsiDriverName(text(source.driver), path.child('driver'), errors);
  needs('volumeHandle')(source, path, errors, true);
  for (const field of csiSecrets) {
    const reference = object(source[field]);
    if (reference === undefined) continue;
    const at = path.child(field);
    if (text(reference.name) === '') errors.push(required(at.child('name')));
    else complain(text(reference.name), dnsSubdomain(text(reference.name)), at.child('name'), errors);
    if (text(reference.namespace) === '') errors.push(required(at.child('namespace')));
    else complain(text(reference.namespace), dnsLabel(text(reference.namespace)), at.child('namespace'), errors);
  }
};

export const inlineCsi: SourceRule = (source, path, errors) => {
  validateCsiDriverName(text(source.driver), path.child('driver'), errors);
  const reference = object(source.nodePublishSecretRef);
  if (reference === undefined) return;
  const name = text(reference.name);
  if (name === '') errors.push(required(path.child('nodePublishSecretRef', 'name')));
  else complain(name, dnsSubdomain(name), path.child('name'), errors);
};

export const localVolume: SourceRule = (source, path, errors) => {
  if (text(source.path) === '') errors.push(required(path.child('path')));
  else validateNoBacksteps(text(source.path), path.child('path'), errors);
};

/** Sources whose rules are the same for pods and PersistentVolumes, or differ by `persistent` only, by field. */
export const sharedSources: Readonly<Record<string, SourceRule>> = {
  hostPath,
  gcePersistentDisk: both(needs('pdName'), partition),
  awsElasticBlockStore: both(needs('volumeID'), partition),
  nfs,
  iscsi,
  glusterfs,
  flocker,
  rbd: needs('monitors', 'image'),
  cinder: both(needs('volumeID'), secretRef),
  cephfs: needs('monitors'),
  quobyte,
  fc,
  flexVolume,
  azureFile,
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk,
  storageos,
  scaleIO: needs('gateway', 'system', 'volumeName'),
};
