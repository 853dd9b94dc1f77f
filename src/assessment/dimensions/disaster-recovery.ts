// Disaster recovery: what goes when a node, a zone or the cluster goes, and how it comes back.

import { asList, asNumber, asString, dig, field } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import { backupOf, claimsOf, hasBackup, newest, statefulWorkloads, volumeOf } from '../backups.ts';
import { type Check, judged, ofControls } from '../check.ts';
import { isFromGit, managedBy } from '../delivery.ts';
import { placement } from '../lose/placed.ts';
import { simulate } from '../lose/simulate.ts';
import { controlPlaneNodes, isManaged, nodesOf, zoneOf } from '../nodes.ts';
import { count, running } from '../words.ts';

const day = 86_400_000;

export const disasterRecovery: readonly Check[] = [
  judged(
    'disaster-recovery/zones-of-workloads',
    {
      title: 'Workloads of several pods run in two zones at least',
      fix: 'Spread pods over `topology.kubernetes.io/zone`.',
      weight: 3,
      needs: ['live'],
      nothing: 'no workload of several pods runs on nodes with a zone',
    },
    function* ({ snapshot }) {
      const { byWorkload, zones } = placement(snapshot);
      if (new Set(zones.values()).size === 0) return;
      for (const [resource, pods] of byWorkload) {
        if (pods.length < 2) continue;
        const own = new Set(pods.flatMap(({ node }) => zones.get(node) ?? []));
        yield { verdict: own.size >= 2 ? 'pass' : 'fail', resource, detail: `${count(pods.length, 'pod')} in ${count(own.size, 'zone')}` };
      }
    },
  ),
  ofControls('disaster-recovery/replicas', { title: 'Deployments run enough pods to lose one', fix: 'Run two pods at least.', weight: 3 }, [
    'reliability/replicas',
  ]),
  judged(
    'disaster-recovery/budgets-allow',
    {
      title: 'Disruption budgets let at least one pod go',
      fix: 'Loosen the budget or run one pod more: drains wait for ever.',
      weight: 3,
      nothing: 'no PodDisruptionBudget was seen',
    },
    function* ({ snapshot, scan }) {
      const blocked = new Set(
        scan.findings
          .filter(({ control, verdict }) => control === 'reliability/pdb-blocks' && verdict === 'fail')
          .map(({ subject }) => `${subject.namespace}/${subject.name}`),
      );
      for (const resource of ofKind(snapshot, 'policy', 'PodDisruptionBudget')) {
        const allowed = asNumber(dig(resource.object, 'status', 'disruptionsAllowed'));
        const expected = asNumber(dig(resource.object, 'status', 'expectedPods')) ?? 0;
        const bad = blocked.has(`${resource.namespace}/${resource.name}`) || (allowed === 0 && expected > 0);
        yield {
          verdict: bad ? 'fail' : 'pass',
          resource,
          path: '/spec',
          detail: `PodDisruptionBudget ${resource.name} ${bad ? 'lets no pod go' : 'lets pods go'}`,
        };
      }
    },
  ),
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
  judged(
    'disaster-recovery/backup-region',
    {
      title: 'Backups lie in another region than the cluster',
      fix: 'Copy backups to a bucket of another region.',
      weight: 3,
      needs: ['live'],
      layer: 'cloud',
      nothing: 'no BackupStorageLocation of Velero was seen',
    },
    function* ({ snapshot }) {
      const regions = new Set(
        nodesOf(snapshot).flatMap(({ object }) => asString(dig(object, 'metadata', 'labels', 'topology.kubernetes.io/region')) ?? []),
      );
      for (const resource of ofKind(snapshot, 'velero.io', 'BackupStorageLocation')) {
        const region = asString(dig(resource.object, 'spec', 'config', 'region'));
        if (region === undefined || regions.size === 0)
          yield { verdict: 'unknown', resource, path: '/spec/config', detail: `location ${resource.name} or the nodes name no region` };
        else
          yield {
            verdict: regions.has(region) ? 'fail' : 'pass',
            resource,
            path: '/spec/config/region',
            detail: `location ${resource.name} lies in ${region}; the cluster in ${[...regions].join(', ')}`,
          };
      }
    },
  ),
  judged(
    'disaster-recovery/restore-tested',
    {
      title: 'A restore was made within the last half year',
      fix: 'Restore a backup into an empty namespace and look whether the application runs.',
      weight: 9,
      needs: ['live'],
      nothing: 'no backup of Velero was seen',
    },
    function* ({ snapshot, now }) {
      if (ofKind(snapshot, 'velero.io', 'Schedule').length + ofKind(snapshot, 'velero.io', 'Backup').length === 0) return;
      const last = newest(
        ofKind(snapshot, 'velero.io', 'Restore').filter(({ object }) => dig(object, 'status', 'phase') === 'Completed'),
        'status',
        'completionTimestamp',
      );
      if (last === undefined) yield { verdict: 'fail', detail: 'no restore was ever made that is still recorded' };
      else
        yield {
          verdict: now - last.time <= 183 * day ? 'pass' : 'fail',
          resource: last.resource,
          detail: `the last restore was ${Math.floor((now - last.time) / day)} days ago`,
        };
    },
  ),
  judged(
    'disaster-recovery/rebuilt-from-git',
    {
      title: 'The cluster can be rebuilt from Git',
      fix: 'Let Argo CD or Flux deliver everything, the add-ons too.',
      weight: 3,
      needs: ['live'],
    },
    function* ({ snapshot }) {
      for (const resource of running(snapshot)) {
        const tool = managedBy(resource);
        yield {
          verdict: isFromGit(tool) ? 'pass' : 'fail',
          resource,
          path: '/metadata',
          detail: isFromGit(tool) ? `${tool} delivers it` : 'no tool delivers it from Git',
        };
      }
    },
  ),
  judged(
    'disaster-recovery/certificates',
    {
      title: 'Certificates that the cluster renews are valid for another 30 days',
      fix: 'Look into the issuer; renew by hand.',
      weight: 9,
      needs: ['live'],
      phase: 'runtime',
      nothing: 'no Certificate of cert-manager was seen',
    },
    function* ({ snapshot, now }) {
      for (const resource of ofKind(snapshot, 'cert-manager.io', 'Certificate')) {
        const end = Date.parse(asString(dig(resource.object, 'status', 'notAfter')) ?? '');
        if (!Number.isFinite(end))
          yield {
            verdict: 'unknown',
            resource,
            path: '/status/notAfter',
            detail: `Certificate ${resource.name} does not say when it ends`,
          };
        else
          yield {
            verdict: end - now > 30 * day ? 'pass' : 'fail',
            resource,
            path: '/status/notAfter',
            detail: `Certificate ${resource.name} ends in ${Math.floor((end - now) / day)} days`,
          };
      }
    },
  ),
  judged(
    'disaster-recovery/sealed-secrets-key',
    {
      title: 'The key that opens sealed secrets is kept elsewhere',
      fix: 'Save the key of the sealed-secrets controller outside the cluster; without it no SealedSecret opens again.',
      weight: 3,
      nothing: 'no SealedSecret was seen',
    },
    function* ({ snapshot }) {
      if (ofKind(snapshot, 'bitnami.com', 'SealedSecret').length > 0)
        yield { verdict: 'unknown', detail: 'there are SealedSecrets; whether their key is kept elsewhere no object says' };
    },
  ),
  judged(
    'disaster-recovery/registries',
    {
      title: 'Images come from a registry of your own',
      fix: 'Mirror the images you run; a public registry may refuse or vanish when you need it.',
      weight: 1,
      layer: 'cloud',
      phase: 'distribute',
    },
    function* ({ snapshot }) {
      for (const resource of running(snapshot))
        for (const { containers } of resource.pods)
          for (const { image, name, ...rest } of containers) {
            if (image === undefined) continue;
            const first = image.split('/')[0] ?? '';
            const isPublic =
              !/[.:]/.test(first) ||
              /^(?:docker\.io|quay\.io|ghcr\.io|registry\.k8s\.io|gcr\.io|k8s\.gcr\.io|public\.ecr\.aws|mcr\.microsoft\.com)$/.test(first);
            yield {
              verdict: isPublic ? 'fail' : 'pass',
              resource,
              path: `${rest.path}/image`,
              detail: `container ${name} is pulled from ${isPublic ? 'a public registry' : first}`,
            };
          }
    },
  ),
  judged(
    'disaster-recovery/failover',
    {
      title: 'Names follow when traffic must go elsewhere',
      fix: 'Let external-dns or the load balancer of the provider move names; rehearse it.',
      weight: 1,
      needs: ['live'],
      layer: 'cloud',
    },
    function* ({ snapshot }) {
      const tool = running(snapshot).find(({ name }) => /external-dns|k8gb/.test(name));
      yield {
        verdict: tool === undefined ? 'unknown' : 'pass',
        ...(tool === undefined ? {} : { resource: tool }),
        detail: tool === undefined ? 'neither external-dns nor k8gb was seen; the provider may do it' : `${tool.name} writes names`,
      };
    },
  ),
  judged(
    'disaster-recovery/lose-a-node',
    {
      title: 'No workload is down when one node is lost',
      fix: '`cofferdam assess --lose node/NAME` names them: run two pods on different nodes.',
      weight: 9,
      needs: ['live'],
      nothing: 'no pod with a node was seen',
    },
    function* ({ snapshot }) {
      const { byNode } = placement(snapshot);
      for (const node of nodesOf(snapshot)) {
        if ((byNode.get(node.name)?.length ?? 0) === 0) continue;
        const report = simulate(snapshot, { kind: 'node', name: node.name });
        const down = report.ok ? report.value.workloads.filter(({ fate }) => fate === 'lost' || fate === 'interrupted') : [];
        yield {
          verdict: down.length === 0 ? 'pass' : 'fail',
          resource: node,
          detail: `without node ${node.name} ${
            down.length === 0
              ? 'everything goes on'
              : `${count(down.length, 'workload')} ${down.length === 1 ? 'is' : 'are'} down: ${down
                  .slice(0, 3)
                  .map(({ subject }) => subject.name)
                  .join(', ')}`
          }`,
        };
      }
    },
  ),
  judged(
    'disaster-recovery/lose-a-zone',
    {
      title: 'No workload is lost with one zone',
      fix: '`cofferdam assess --lose zone/NAME` names them: spread pods and data over zones.',
      weight: 9,
      needs: ['live'],
      layer: 'cloud',
      nothing: 'no node names its zone',
    },
    function* ({ snapshot }) {
      for (const zone of new Set(nodesOf(snapshot).flatMap((node) => zoneOf(node) ?? []))) {
        const report = simulate(snapshot, { kind: 'zone', name: zone });
        const down = report.ok ? report.value.workloads.filter(({ fate }) => fate === 'lost') : [];
        yield {
          verdict: down.length === 0 ? 'pass' : 'fail',
          detail: `without zone ${zone} ${down.length === 0 ? 'nothing is lost for good' : `${count(down.length, 'workload')} cannot come back`}`,
        };
      }
    },
  ),
  judged(
    'disaster-recovery/control-plane',
    {
      title: 'The control plane survives a node',
      fix: 'Run three control-plane nodes.',
      weight: 9,
      gate: true,
      needs: ['live'],
      nothing: 'the provider runs the control plane',
    },
    function* ({ snapshot, distribution }) {
      if (isManaged(distribution)) return;
      const nodes = controlPlaneNodes(snapshot).length;
      yield nodes === 0
        ? { verdict: 'unknown', detail: 'no node says that it is one of the control plane' }
        : { verdict: nodes >= 3 ? 'pass' : 'fail', detail: count(nodes, 'control-plane node') };
    },
  ),
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
