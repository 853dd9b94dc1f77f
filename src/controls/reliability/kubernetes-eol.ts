// Kubernetes without patches: by the kubelet of each node, by the version of the cluster where it is known, and by the tags of control-plane
// images. Providers that back-port patches say so in the version's suffix, which is shown.

import { parseReference } from '../../images/reference.ts';
import { minorRelease } from '../../kube/version/version.ts';
import { asString, dig } from '../../lib/json.ts';
import { ofKind, workloads } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail, type Outcome, wholeSnapshot } from '../control.ts';
import { cluster, deployment, node } from '../examples.ts';
import { supportEnded } from './releases.ts';

const components = new Set(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'hyperkube']);

export const kubernetesEol = control({
  id: 'reliability/kubernetes-eol',
  aliases: ['C-0273', 'POP-405'],
  severity: 'medium',
  title: 'Kubernetes is a version that gets security fixes',
  why: 'Flaws found after the end of support stay open, and exploits for them are public.',
  fix: 'Upgrade, one minor version at a time, to one that is in support.',
  frameworks: ['owasp:K10', 'attack:T1190'],
  on: wholeSnapshot,
  check: (snapshot, { now }) => [...oldCluster(snapshot, now), ...oldNodes(snapshot, now), ...oldImages(snapshot, now)],
  examples: {
    pass: () => [cluster(deployment(), node())],
    fail: () => [cluster(deployment(), node({ kubeletVersion: 'v1.29.4-eks-036c24b' }))],
  },
});

function oldCluster({ facts }: Snapshot, now: number): readonly Outcome[] {
  const ended = facts.versionKnown ? supportEnded(minorRelease(facts.kubernetesVersion) ?? '', now) : undefined;
  return ended === undefined ? [] : [fail('', 'cluster', `Kubernetes ${facts.kubernetesVersion} got its last fix on ${ended}`)];
}

function oldNodes(snapshot: Snapshot, now: number): readonly Outcome[] {
  return ofKind(snapshot, '', 'Node').flatMap((resource) => {
    const version = asString(dig(resource.object, 'status', 'nodeInfo', 'kubeletVersion'));
    const ended = supportEnded(minorRelease(version ?? '') ?? '', now);
    if (ended === undefined) return [];
    const detail = `the kubelet of node "${resource.name}" is ${version}; its last fix came on ${ended}`;
    return [fail('/status/nodeInfo/kubeletVersion', 'kubelet', detail, { resource })];
  });
}

function oldImages(snapshot: Snapshot, now: number): readonly Outcome[] {
  return workloads(snapshot).flatMap((resource) =>
    resource.pods.flatMap(({ containers }) =>
      containers.flatMap((container) => {
        if (!(container.image ?? '').includes('kube')) return [];
        const parsed = parseReference(container.image ?? '');
        if (!parsed.ok || !components.has(parsed.reference.repository.replace(/^.*\//, ''))) return [];
        const ended = supportEnded(minorRelease(parsed.reference.tag ?? '') ?? '', now);
        if (ended === undefined) return [];
        const detail = `container "${container.name}" runs ${parsed.reference.tag}, whose last fix came on ${ended}`;
        return [fail(container.at('/image'), 'image', detail, { container: container.name, resource })];
      }),
    ),
  );
}
