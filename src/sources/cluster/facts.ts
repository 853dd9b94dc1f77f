// What a cluster says about itself: whose semantics apply, and who made it. A server that emulates an older release (KEP-4330) is taken
// for that release. The distribution is guessed from the version's suffix, the API groups and the nodes; where nothing tells it is left out.

import type { KubeObject } from '../../kube/object.ts';
import { asString, dig, field, type Json } from '../../lib/json.ts';
import { assumedFacts, type ClusterFacts } from '../../snapshot/snapshot.ts';
import type { ResourceType } from './discovery.ts';

type Distribution = NonNullable<ClusterFacts['distribution']>;

/** Facts from the answer of /version (undefined where it was refused), the served types and the nodes that were read. */
export function clusterFacts(version: Json | undefined, types: readonly ResourceType[], nodes: readonly KubeObject[]): ClusterFacts {
  const kubernetesVersion = minorVersion(version);
  const distribution = distributionOf(asString(field(version, 'gitVersion')) ?? '', types, nodes);
  return {
    ...assumedFacts(kubernetesVersion),
    live: true,
    ...(distribution === undefined ? {} : { distribution }),
  };
}

/** `1.36` from `{major: "1", minor: "36+"}`. */
export function minorVersion(version: Json | undefined): string | undefined {
  const major = /^[0-9]{1,3}/.exec(asString(field(version, 'emulationMajor')) || (asString(field(version, 'major')) ?? ''))?.[0];
  const minor = /^[0-9]{1,4}/.exec(asString(field(version, 'emulationMinor')) || (asString(field(version, 'minor')) ?? ''))?.[0];
  if (major !== undefined && minor !== undefined) return `${major}.${minor}`;
  return /^v([0-9]{1,3}\.[0-9]{1,4})/.exec(asString(field(version, 'gitVersion')) ?? '')?.[1];
}

function distributionOf(gitVersion: string, types: readonly ResourceType[], nodes: readonly KubeObject[]): Distribution | undefined {
  if (types.some(({ group }) => group === 'config.openshift.io' || group === 'project.openshift.io')) return 'openshift';
  if (gitVersion.includes('-eks-')) return 'eks';
  if (gitVersion.includes('-gke.')) return 'gke';
  if (gitVersion.includes('+k3s')) return 'k3s';
  const hasLabel = (key: string) => nodes.some((node) => dig(node, 'metadata', 'labels', key) !== undefined);
  if (hasLabel('kubernetes.azure.com/cluster')) return 'aks';
  if (hasLabel('eks.amazonaws.com/nodegroup')) return 'eks';
  if (hasLabel('cloud.google.com/gke-nodepool')) return 'gke';
  return hasLabel('node-role.kubernetes.io/control-plane') || hasLabel('node-role.kubernetes.io/master') ? 'self-managed' : undefined;
}
