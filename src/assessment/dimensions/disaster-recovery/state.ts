// Disaster recovery: where state lies, in how many places, and whether there are copies of it. Velero and snapshots (`backups.ts`).

import { asList, asNumber, asString, dig, field } from '../../../lib/json.ts';
import { ofKind } from '../../../snapshot/lookup.ts';
import { backupOf, claimsOf, hasBackup, statefulWorkloads, volumeOf } from '../../backups.ts';
import { type Check, judged } from '../../check.ts';
import { managedBy } from '../../delivery.ts';
import { count } from '../../words.ts';

export const places: readonly Check[] = [
  judged(
    'disaster-recovery/zone-pinned-volumes',
    {
      title: 'Volumes are not bound to one zone, or are backed up',
      fix: 'Use a class that replicates over zones, replicate in the application, or back the volume up to another zone.',
      weight: 3,
      needs: ['live'],
      layer: 'cloud',
      nothing: 'no bound volume was seen',
    },
    function* ({ snapshot }) {
      for (const claim of claimsOf(snapshot)) {
        const volume = volumeOf(snapshot, claim);
        if (volume === undefined) continue;
        const pinned = volume.zones.length === 1 || volume.nodes.length > 0;
        const backup = backupOf(snapshot, claim);
        const where = volume.nodes.length > 0 ? `node ${volume.nodes[0]}` : `zone ${volume.zones[0]}`;
        yield {
          verdict: pinned && backup === undefined ? 'fail' : 'pass',
          resource: volume.resource,
          path: '/spec/nodeAffinity',
          detail: pinned
            ? `the volume of ${claim.namespace}/${claim.name} is bound to ${where}${backup === undefined ? '' : ` and is in ${backup}`}`
            : 'can be reached from several zones',
        };
      }
    },
  ),
  judged(
    'disaster-recovery/single-stateful',
    {
      title: 'What holds state runs more than once',
      fix: 'Run three replicas that replicate their data, or a managed database.',
      weight: 3,
      nothing: 'nothing that holds state was seen',
    },
    function* ({ snapshot }) {
      for (const resource of statefulWorkloads(snapshot)) {
        if (resource.kind === 'Pod' || resource.kind === 'DaemonSet') continue;
        const replicas = asNumber(dig(resource.object, 'spec', 'replicas')) ?? 1;
        yield {
          verdict: replicas >= 2 ? 'pass' : 'fail',
          resource,
          path: '/spec/replicas',
          detail: `${resource.kind} ${resource.name} runs ${count(replicas, 'pod')}`,
        };
      }
    },
  ),
];

export const copies: readonly Check[] = [
  judged(
    'disaster-recovery/state-has-copies',
    {
      title: 'Every StatefulSet with volumes has a backup',
      fix: 'Back up the volumes, by Velero or by the application.',
      weight: 9,
      gate: true,
      hidden: 'in-manifests',
      nothing: 'no StatefulSet with volumes was seen, or no backup tool is among the manifests',
    },
    function* ({ snapshot }) {
      const sets = ofKind(snapshot, 'apps', 'StatefulSet').filter(
        ({ object }) => asList(dig(object, 'spec', 'volumeClaimTemplates')).length > 0,
      );
      if (sets.length === 0) yield { verdict: 'not-applicable', detail: 'no StatefulSet with volumes was seen' };
      if (!hasBackup(snapshot) && !snapshot.facts.live) return;
      for (const resource of sets) {
        const own = claimsOf(snapshot).filter(
          (claim) => claim.namespace === resource.namespace && (claim.resource === resource || claim.name.includes(`-${resource.name}-`)),
        );
        const missing = own.find((claim) => backupOf(snapshot, claim) === undefined);
        const verdict = missing === undefined ? 'pass' : 'fail';
        yield {
          verdict,
          resource,
          path: '/spec/volumeClaimTemplates',
          detail: missing === undefined ? 'its volumes are in a backup' : `no backup of ${missing.name} was seen`,
        };
      }
    },
  ),
  judged(
    'disaster-recovery/claims-kept',
    {
      title: 'Objects that must not vanish are guarded against deletion',
      fix: 'Annotate them `helm.sh/resource-policy: keep` or `argocd.argoproj.io/sync-options: Prune=false`.',
      weight: 1,
      nothing: 'no claim is delivered by a tool that removes objects',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, '', 'PersistentVolumeClaim')) {
        if (managedBy(resource) === undefined) continue;
        const notes = field(field(resource.object, 'metadata'), 'annotations');
        const kept =
          field(notes, 'helm.sh/resource-policy') === 'keep' ||
          (asString(field(notes, 'argocd.argoproj.io/sync-options')) ?? '').includes('Prune=false');
        yield {
          verdict: kept ? 'pass' : 'fail',
          resource,
          path: '/metadata/annotations',
          detail: `claim ${resource.name} ${kept ? 'is kept' : 'goes when it leaves the release'}`,
        };
      }
    },
  ),
];
