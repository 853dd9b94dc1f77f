// Storage and backup: is data kept when its pod, its claim or its zone goes, and has anyone a copy?
// Velero 1.14 (velero.io/v1), the CSI snapshot API (snapshot.storage.k8s.io/v1), storage.k8s.io/v1.

import { asList, asString, dig, field } from '../../lib/json.ts';
import { find, ofKind } from '../../snapshot/lookup.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { backupOf, claimsOf, hasBackup, isDatabase, newest } from '../backups.ts';
import { type Check, type Judgement, judged, ofControls } from '../check.ts';
import { running, written } from '../words.ts';

const day = 86_400_000;
const noClass = 'no StorageClass was seen';
const noClaim = 'nothing asks for a persistent volume';

export const storage: readonly Check[] = [
  judged(
    'storage/reclaim-policy',
    {
      title: 'Volumes outlive their claims',
      fix: 'Use a StorageClass with `reclaimPolicy: Retain` for what must not be lost.',
      weight: 3,
      layer: 'cloud',
      nothing: noClass,
    },
    function* ({ snapshot }) {
      const used = new Set(claimsOf(snapshot).map(({ storageClass }) => storageClass));
      for (const resource of ofKind(snapshot, 'storage.k8s.io', 'StorageClass')) {
        if (used.size > 0 && !used.has(resource.name) && !isDefaultClass(resource)) continue;
        const policy = asString(field(resource.object, 'reclaimPolicy')) ?? 'Delete';
        yield {
          verdict: policy === 'Retain' ? 'pass' : 'fail',
          resource,
          path: '/reclaimPolicy',
          detail: `StorageClass ${resource.name}: the volume ${policy === 'Retain' ? 'stays' : 'is deleted with its claim'}`,
        };
      }
    },
  ),
  judged(
    'storage/binding-mode',
    {
      title: 'Volumes are made where their pod runs',
      fix: 'Set `volumeBindingMode: WaitForFirstConsumer`.',
      weight: 3,
      layer: 'cloud',
      nothing: noClass,
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, 'storage.k8s.io', 'StorageClass')) {
        const waits = field(resource.object, 'volumeBindingMode') === 'WaitForFirstConsumer';
        yield {
          verdict: waits ? 'pass' : 'fail',
          resource,
          path: '/volumeBindingMode',
          detail: `StorageClass ${resource.name} ${waits ? 'waits for the pod' : 'may make the volume in a zone without nodes for the pod'}`,
        };
      }
    },
  ),
  judged(
    'storage/expansion',
    { title: 'Volumes can grow', fix: 'Set `allowVolumeExpansion: true`.', weight: 1, layer: 'cloud', nothing: noClass },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, 'storage.k8s.io', 'StorageClass'))
        yield {
          verdict: field(resource.object, 'allowVolumeExpansion') === true ? 'pass' : 'fail',
          resource,
          path: '/allowVolumeExpansion',
          detail: `StorageClass ${resource.name}: volumes ${field(resource.object, 'allowVolumeExpansion') === true ? 'can' : 'cannot'} grow`,
        };
    },
  ),
  ofControls(
    'storage/encryption',
    {
      title: 'Persistent volumes are encrypted',
      fix: 'Set the encryption parameters of the driver, with a key of your own.',
      weight: 9,
      layer: 'cloud',
      nothing: noClass,
    },
    ['secrets/volume-encryption'],
  ),
  ofControls(
    'storage/claims-bound',
    {
      title: 'Volume claims have their volume',
      fix: 'Repair the class or the driver.',
      weight: 3,
      needs: ['live'],
      phase: 'runtime',
      nothing: noClaim,
    },
    ['reliability/claim-unbound'],
  ),
  judged(
    'storage/released-volumes',
    {
      title: 'No volume is left without its claim',
      fix: 'Bring back the claim, or copy the data and delete the volume.',
      weight: 1,
      needs: ['live'],
      phase: 'runtime',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, '', 'PersistentVolume')) {
        const phase = asString(dig(resource.object, 'status', 'phase'));
        yield {
          verdict: phase === undefined ? 'unknown' : phase === 'Released' || phase === 'Failed' ? 'fail' : 'pass',
          resource,
          path: '/status/phase',
          detail: `PersistentVolume ${resource.name} is ${phase ?? 'in no known state'}`,
        };
      }
    },
  ),
  judged(
    'storage/databases-persistent',
    {
      title: 'Databases keep their data on volumes that last',
      fix: 'Give the database a volume claim, or use a managed one.',
      weight: 9,
      gate: true,
      layer: 'container',
      nothing: 'no database was recognised by its image',
    },
    function* ({ snapshot }) {
      for (const resource of running(snapshot)) {
        if (!isDatabase(resource)) continue;
        const claims = resource.pods.some(({ volumes }) =>
          volumes.some(({ spec }) => field(spec, 'persistentVolumeClaim') !== undefined || field(spec, 'ephemeral') !== undefined),
        );
        const templates = asList(dig(resource.object, 'spec', 'volumeClaimTemplates')).length > 0;
        yield {
          verdict: claims || templates ? 'pass' : 'fail',
          resource,
          path: resource.pods[0]?.at('/volumes') ?? '',
          detail: `${resource.kind} ${resource.name} ${claims || templates ? 'has a volume claim' : 'loses its data with its pod or its node'}`,
        };
      }
    },
  ),
  judged(
    'storage/snapshot-class',
    {
      title: 'Volumes can be snapshotted',
      fix: 'Install the snapshot controller and a VolumeSnapshotClass for the driver.',
      weight: 1,
      needs: ['live'],
      layer: 'cloud',
      nothing: noClaim,
    },
    function* ({ snapshot }) {
      if (claimsOf(snapshot).length === 0) return;
      const classes = ofKind(snapshot, 'snapshot.storage.k8s.io', 'VolumeSnapshotClass').length;
      yield {
        verdict: classes > 0 ? 'pass' : 'fail',
        detail: classes > 0 ? 'there is a VolumeSnapshotClass' : 'there is no VolumeSnapshotClass',
      };
    },
  ),
  judged(
    'storage/backup-covers-claims',
    {
      title: 'Every volume claim is in a backup',
      fix: 'Add the namespace to a Velero Schedule, or to the backup tool you use, and say so in the answers.',
      weight: 9,
      gate: true,
      layer: 'cluster',
      hidden: 'in-manifests',
      nothing: 'nothing asks for a volume, or no backup tool is among the manifests',
    },
    function* ({ snapshot }) {
      const claims = claimsOf(snapshot);
      if (claims.length === 0) yield { verdict: 'not-applicable', detail: noClaim };
      if (!hasBackup(snapshot) && !snapshot.facts.live) return;
      for (const claim of claims) {
        const by = backupOf(snapshot, claim);
        const base = { resource: claim.resource, path: '/metadata' };
        if (by !== undefined) yield { ...base, verdict: 'pass', detail: `claim ${claim.namespace}/${claim.name} is in ${by}` };
        else yield { ...base, verdict: 'fail', detail: `claim ${claim.namespace}/${claim.name} is in no backup that was seen` };
      }
    },
  ),
  judged(
    'storage/backup-location',
    {
      title: 'The place of backups can be reached',
      fix: 'Repair the BackupStorageLocation.',
      weight: 3,
      needs: ['live'],
      phase: 'runtime',
      layer: 'cloud',
      nothing: 'no BackupStorageLocation of Velero was seen',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, 'velero.io', 'BackupStorageLocation')) {
        const phase = asString(dig(resource.object, 'status', 'phase'));
        yield {
          verdict: phase === undefined ? 'unknown' : phase === 'Available' ? 'pass' : 'fail',
          resource,
          path: '/status/phase',
          detail: `location ${resource.name} is ${phase ?? 'in no known state'}`,
        };
      }
    },
  ),
  judged(
    'storage/backup-recent',
    {
      title: 'The last backup is a day old at most',
      fix: 'Look into why the schedule no longer ends; alert on the age of backups.',
      weight: 9,
      needs: ['live'],
      phase: 'runtime',
      nothing: 'no backup of Velero was seen',
    },
    function* ({ snapshot, now }) {
      const schedules = ofKind(snapshot, 'velero.io', 'Schedule');
      const backups = ofKind(snapshot, 'velero.io', 'Backup');
      if (schedules.length === 0 && backups.length === 0) return;
      const last = newest(
        backups.filter(({ object }) => dig(object, 'status', 'phase') === 'Completed'),
        'status',
        'completionTimestamp',
      );
      if (last === undefined) yield { verdict: 'fail', detail: 'no backup has ended well' };
      else
        yield {
          verdict: now - last.time <= day ? 'pass' : 'fail',
          resource: last.resource,
          path: '/status/completionTimestamp',
          detail: `the last backup ended ${Math.max(0, Math.floor((now - last.time) / 3_600_000))} hours ago`,
        };
    },
  ),
  judged(
    'storage/claim-retention',
    {
      title: 'StatefulSets keep the claims of pods they remove',
      fix: 'Leave `persistentVolumeClaimRetentionPolicy` at Retain.',
      weight: 3,
      nothing: 'no StatefulSet with claims was seen',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, 'apps', 'StatefulSet')) {
        if (asList(dig(resource.object, 'spec', 'volumeClaimTemplates')).length === 0) continue;
        const policy = dig(resource.object, 'spec', 'persistentVolumeClaimRetentionPolicy');
        const deletes = field(policy, 'whenDeleted') === 'Delete' || field(policy, 'whenScaled') === 'Delete';
        yield {
          verdict: deletes ? 'fail' : 'pass',
          resource,
          path: '/spec/persistentVolumeClaimRetentionPolicy',
          detail: `StatefulSet ${resource.name} ${deletes ? 'deletes' : 'keeps'} its claims`,
        };
      }
    },
  ),
  judged(
    'storage/shared-writes',
    {
      title: 'Volumes that several nodes write are meant to be',
      fix: 'Use ReadWriteOnce or ReadWriteOncePod where one pod writes.',
      weight: 1,
      layer: 'container',
      nothing: noClaim,
    },
    function* ({ snapshot }) {
      for (const { resource, namespace, name, modes } of claimsOf(snapshot))
        yield {
          verdict: modes.includes('ReadWriteMany') ? 'fail' : 'pass',
          resource,
          path: '/spec/accessModes',
          detail: `claim ${namespace}/${name} is ${modes.join(', ') || 'without a mode'}`,
        };
    },
  ),
  judged(
    'storage/etcd-snapshots',
    {
      title: 'etcd is saved by a job',
      fix: 'Save etcd daily (`etcdctl snapshot save`), encrypted, outside the cluster.',
      weight: 9,
      needs: ['live'],
      nothing: 'the provider keeps etcd',
    },
    function* ({ snapshot, distribution }) {
      if (distribution === 'eks' || distribution === 'aks' || distribution === 'gke') return;
      const job = written(snapshot).find((one) => one.kind === 'CronJob' && one.pods.some(({ containers }) => containers.some(savesEtcd)));
      if (job !== undefined) yield { verdict: 'pass', resource: job, detail: `CronJob ${job.name} saves etcd` };
      else yield { verdict: 'unknown', detail: 'no CronJob saves etcd; a timer of the node does not show' };
    },
  ),
  judged(
    'storage/volume-fill',
    {
      title: 'No volume is nearly full',
      fix: 'Grow the volumes that kubelet_volume_stats_* names.',
      weight: 3,
      needs: ['metrics'],
      phase: 'runtime',
    },
    (): readonly Judgement[] => [],
  ),
  judged(
    'storage/claims-have-class',
    {
      title: 'Claims name a StorageClass that is there',
      fix: 'Name the class, so that another default does not move the data.',
      weight: 1,
      nothing: noClaim,
    },
    function* ({ snapshot }) {
      for (const { resource, namespace, name, storageClass } of claimsOf(snapshot)) {
        if (storageClass === undefined)
          yield {
            verdict: 'fail',
            resource,
            path: '/spec/storageClassName',
            detail: `claim ${namespace}/${name} takes whatever class is the default`,
          };
        else {
          const there = storageClass === '' || find(snapshot, 'storage.k8s.io', 'StorageClass', '', storageClass) !== undefined;
          yield {
            verdict: there ? 'pass' : snapshot.facts.live ? 'fail' : 'unknown',
            resource,
            path: '/spec/storageClassName',
            detail: `claim ${namespace}/${name} names the class ${storageClass}${there ? '' : ', which was not seen'}`,
          };
        }
      }
    },
  ),
];

function isDefaultClass({ object }: Resource): boolean {
  return dig(object, 'metadata', 'annotations', 'storageclass.kubernetes.io/is-default-class') === 'true';
}

function savesEtcd({ command, args }: { readonly command: readonly string[]; readonly args: readonly string[] }): boolean {
  const words = [...command, ...args].join(' ');
  return words.includes('etcdctl') && words.includes('snapshot save');
}
