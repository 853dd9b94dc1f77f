// Nodes as the assessment reads them: zones, roles, versions, and what they say about who runs the control plane.

import { asList, asString, dig, field, stringMap } from '../lib/json.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';

export function nodesOf(snapshot: Snapshot): readonly Resource[] {
  return ofKind(snapshot, '', 'Node');
}

/** Labels of an object; no prototype. */
export function labels(resource: Resource): Readonly<Record<string, string>> {
  return stringMap(dig(resource.object, 'metadata', 'labels'));
}

export function zoneOf(node: Resource): string | undefined {
  const own = labels(node);
  return own['topology.kubernetes.io/zone'] ?? own['failure-domain.beta.kubernetes.io/zone'];
}

export function controlPlaneNodes(snapshot: Snapshot): readonly Resource[] {
  return nodesOf(snapshot).filter((node) => {
    const own = labels(node);
    return 'node-role.kubernetes.io/control-plane' in own || 'node-role.kubernetes.io/master' in own;
  });
}

/** True where a node takes pods: ready and not cordoned. */
export function isReady(node: Resource): boolean {
  const ready = asList(dig(node.object, 'status', 'conditions')).find((one) => field(one, 'type') === 'Ready');
  return field(ready, 'status') === 'True';
}

/** The minor version in a text such as `v1.34.2-gke.1`. `minorOf('v1.34.2')` is `34`. */
export function minorOf(version: string): number | undefined {
  const match = /^v?1\.(\d{1,3})/.exec(version);
  return match === null ? undefined : Number(match[1]);
}

const signs: readonly (readonly [string, (words: string) => boolean])[] = [
  ['eks', (words) => words.includes('eks.amazonaws.com/') || /-eks-/.test(words)],
  ['aks', (words) => words.includes('kubernetes.azure.com/')],
  ['gke', (words) => words.includes('cloud.google.com/gke-') || /-gke\./.test(words)],
  ['openshift', (words) => words.includes('node.openshift.io/')],
  ['k3s', (words) => /\+k3s/.test(words)],
];

/** Which distribution the facts or the nodes speak of: `eks`, `aks`, `gke`, `openshift`, `k3s`, `self-managed`, or `unknown`. */
export function distributionOf(snapshot: Snapshot): string {
  if (snapshot.facts.distribution !== undefined) return snapshot.facts.distribution;
  const nodes = nodesOf(snapshot);
  const words = nodes
    .map((node) => [...Object.keys(labels(node)), asString(dig(node.object, 'status', 'nodeInfo', 'kubeletVersion')) ?? ''].join(' '))
    .join(' ');
  const found = signs.find(([, holds]) => holds(words));
  if (found !== undefined) return found[0];
  return controlPlaneNodes(snapshot).length > 0 ? 'self-managed' : 'unknown';
}

/** True where a provider runs the control plane. */
export function isManaged(distribution: string): boolean {
  return distribution === 'eks' || distribution === 'aks' || distribution === 'gke';
}
