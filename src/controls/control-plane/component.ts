// The programs of a control plane, wherever a snapshot tells how they are started: static pods and their mirrors, hosted control planes that
// run them as Deployments, and, where no such pod is at hand, kubeadm's ClusterConfiguration (a document, or the ConfigMap kubeadm-config).

import { minorRelease } from '../../kube/version/version.ts';
import { asString, dig, field, type Json } from '../../lib/json.ts';
import { find, ofKind, workloads } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Target } from '../control.ts';
import { embeddedYaml } from './embedded.ts';
import { etcdEnvironment, type Flag, flagsOf } from './flags.ts';
import { kubeadmFlags } from './kubeadm.ts';

export type ComponentName = 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'etcd';

export interface Component {
  readonly name: ComponentName;
  readonly resource: Resource;
  readonly container: string | undefined;
  /** Minor version whose defaults hold: that of the image's tag, else the cluster's. Meaningless for etcd. */
  readonly version: string;
  readonly flags: readonly Flag[];
  /** Pointer of the list or mapping where a missing flag would be added. */
  readonly place: string;
}

/** Every place of a snapshot that starts this component. */
export function running(name: ComponentName): Target<Component> {
  return {
    description: name,
    *subjects(snapshot) {
      for (const found of components(snapshot, name)) yield { resource: found.resource, subject: found };
    },
  };
}

const cache = new WeakMap<Snapshot, Map<ComponentName, readonly Component[]>>();

/** The components of that name, in snapshot order. */
export function components(snapshot: Snapshot, name: ComponentName): readonly Component[] {
  const byName = cache.get(snapshot) ?? new Map<ComponentName, readonly Component[]>();
  cache.set(snapshot, byName);
  let found = byName.get(name);
  if (found === undefined) {
    found = workloads(snapshot).flatMap((resource) => inPods(snapshot, resource, name));
    if (found.length === 0) found = inKubeadm(snapshot, name);
    byName.set(name, found);
  }
  return found;
}

function inPods(snapshot: Snapshot, resource: Resource, name: ComponentName): readonly Component[] {
  return resource.pods.flatMap((pod) =>
    pod.containers.flatMap((container) => {
      const flags = flagsOf(container, name);
      if (flags === undefined) return [];
      return [
        {
          name,
          resource,
          container: container.name,
          version: minorRelease(/kube[^/:@]*:([^:@/]+)(?:@|$)/.exec(container.image ?? '')?.[1] ?? '') ?? snapshot.facts.kubernetesVersion,
          flags: name === 'etcd' ? [...etcdEnvironment(container), ...flags] : flags,
          place: container.at(container.args.length > 0 ? '/args' : '/command'),
        },
      ];
    }),
  );
}

function inKubeadm(snapshot: Snapshot, name: ComponentName): readonly Component[] {
  const documents = ofKind(snapshot, 'kubeadm.k8s.io', 'ClusterConfiguration').map((resource) => ({
    resource,
    configuration: resource.object as Json,
    at: (suffix: string) => suffix,
  }));
  const map = find(snapshot, '', 'ConfigMap', 'kube-system', 'kubeadm-config');
  const embedded = map === undefined ? undefined : embeddedYaml(dig(map.object, 'data', 'ClusterConfiguration'));
  const all =
    map === undefined || embedded === undefined
      ? documents
      : [...documents, { resource: map, configuration: embedded, at: () => '/data/ClusterConfiguration' }];
  return all.flatMap(({ resource, configuration, at }) => {
    const found = kubeadmFlags(configuration, name, at);
    const version = minorRelease(asString(field(configuration, 'kubernetesVersion')) ?? '') ?? snapshot.facts.kubernetesVersion;
    return found === undefined ? [] : [{ name, resource, container: undefined, version, ...found }];
  });
}
