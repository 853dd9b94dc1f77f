// Data at rest on persistent volumes. Whether a volume is encrypted is said by its StorageClass (`encrypted`, `secure`, a key), except where the
// provider encrypts every disk (Azure, Google, DigitalOcean). Volumes are blamed where they are in the snapshot, classes where they are not.

import type { KubeObject } from '../../kube/object.ts';
import { asObject, asString, dig, strings, textOf } from '../../lib/json.ts';
import { find, ofKind } from '../../snapshot/lookup.ts';
import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';

const group = 'storage.k8s.io';

export const volumeEncryption = control({
  id: 'secrets/volume-encryption',
  aliases: ['C-0264'],
  severity: 'medium',
  title: 'Persistent volumes are encrypted',
  why: 'Whoever gets hold of a disk, a snapshot or a backup of it reads everything on it, years later too.',
  fix: 'Use a StorageClass whose parameters ask for encryption, such as encrypted: "true".',
  frameworks: ['nsa:secrets', 'owasp:K08', 'bsi:APP.4.4.A20'],
  parameters: { encrypting: ['azure', 'csi.storage.gke.io', 'kubernetes.io/gce-pd', 'dobs.csi.digitalocean.com'] },
  on: objects('/PersistentVolume', `${group}/StorageClass`),
  check: ({ resource, object }, { snapshot, parameters }) => {
    const volume = resource.kind === 'PersistentVolume';
    const className = volume ? (asString(dig(object, 'spec', 'storageClassName')) ?? '') : resource.name;
    const storageClass = volume ? find(snapshot, group, 'StorageClass', '', className)?.object : object;
    if (storageClass === undefined || isEncrypted(storageClass, strings(parameters.encrypting))) return [];
    if (volume) return [fail('/spec/storageClassName', 'class-not-encrypted', `StorageClass "${className}" does not encrypt volumes`)];
    const used = ofKind(snapshot, '', 'PersistentVolume').some((other) => dig(other.object, 'spec', 'storageClassName') === className);
    return used ? [] : [fail('/parameters/encrypted', 'not-encrypted', `StorageClass "${className}" does not encrypt volumes`)];
  },
  examples: {
    pass: () => [cluster(storageClass({ type: 'gp3', encrypted: 'true' }))],
    fail: () => [cluster(storageClass({ type: 'gp3' }))],
  },
});

/** Parameters by which drivers are asked to encrypt: AWS EBS, EFS, Ceph, Longhorn; Portworx; keys of AWS and Google. */
function isEncrypted(storageClass: KubeObject, encrypting: readonly string[]): boolean {
  const provisioner = asString(storageClass.provisioner) ?? '';
  if (encrypting.some((part) => provisioner.includes(part))) return true;
  const parameters = asObject(storageClass.parameters);
  return (
    ['encrypted', 'secure', 'encryption'].some((key) => textOf(parameters[key]) === 'true') ||
    ['kmsKeyId', 'disk-encryption-kms-key'].some((key) => (asString(parameters[key]) ?? '') !== '')
  );
}

function storageClass(parameters: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fast' }, provisioner: 'ebs.csi.aws.com', parameters };
}
