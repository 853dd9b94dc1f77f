// Disaster recovery: what it takes to come back: backups elsewhere that were restored once, Git, certificates, keys, images, names.

import { asString, dig } from '../../../lib/json.ts';
import { ofKind } from '../../../snapshot/lookup.ts';
import { newest } from '../../backups.ts';
import { type Check, judged } from '../../check.ts';
import { isFromGit, managedBy } from '../../delivery.ts';
import { nodesOf } from '../../nodes.ts';
import { running } from '../../words.ts';

const day = 86_400_000;

export const comingBack: readonly Check[] = [
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
];
