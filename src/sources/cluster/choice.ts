// Which of the resources an API server serves are read. Everything that can be listed is, whatever its group, so that no kind is missed;
// left out is what says nothing lasting about the cluster, what only repeats other objects, and other tools' results. A reason stands
// beside each, and becomes part of the coverage.

import { type ResourceType, resourceName } from './discovery.ts';

export interface Choice {
  readonly chosen: readonly ResourceType[];
  readonly skipped: readonly { readonly type: ResourceType; readonly reason: string }[];
}

/** By resource and group, or by `*.` and the end of a group's name. */
const skippedResources: Readonly<Record<string, string>> = {
  events: 'history, not state; they expire within the hour',
  'events.events.k8s.io': 'history, not state; they expire within the hour',
  'leases.coordination.k8s.io': 'heartbeats',
  endpoints: 'derived from Services and Pods',
  'endpointslices.discovery.k8s.io': 'derived from Services and Pods',
  componentstatuses: 'a live probe, deprecated since 1.19',
  'controllerrevisions.apps': 'earlier versions of StatefulSets and DaemonSets',
  'csistoragecapacities.storage.k8s.io': 'measurements of free storage',
  'storageversions.internal.apiserver.k8s.io': 'bookkeeping of API servers',
  '*.metrics.k8s.io': 'measurements',
  'images.image.openshift.io': 'a catalogue of images; those in use are named by pods',
  'imagestreamimages.image.openshift.io': 'a catalogue of images; those in use are named by pods',
  'imagestreamtags.image.openshift.io': 'a catalogue of images; those in use are named by pods',
  'imagetags.image.openshift.io': 'a catalogue of images; those in use are named by pods',
  'roles.authorization.openshift.io': 'another view of the objects of rbac.authorization.k8s.io',
  'rolebindings.authorization.openshift.io': 'another view of the objects of rbac.authorization.k8s.io',
  'clusterroles.authorization.openshift.io': 'another view of the objects of rbac.authorization.k8s.io',
  'clusterrolebindings.authorization.openshift.io': 'another view of the objects of rbac.authorization.k8s.io',
  'projects.project.openshift.io': 'another view of Namespaces',
  '*.wgpolicyk8s.io': "other tools' results",
  '*.openreports.io': "other tools' results",
  '*.reports.kyverno.io': "other tools' results",
  '*.aquasecurity.github.io': "other tools' results",
  '*.spdx.softwarecomposition.kubescape.io': "other tools' results",
};

/**
 * Chooses what to list. `wanted` narrows to some resources, `also` adds to the usual ones what is left out otherwise; both name resources
 * as RBAC does: `secrets`, `roles.rbac.authorization.k8s.io`.
 */
export function chooseTypes(types: readonly ResourceType[], wanted?: readonly string[], also: readonly string[] = []): Choice {
  const listable = types.filter((type) => type.verbs.includes('list'));
  if (wanted !== undefined) return { chosen: listable.filter((type) => wanted.includes(resourceName(type))), skipped: [] };
  const names = new Set(listable.filter(({ group }) => group !== 'extensions').map((type) => `${type.resource}/${type.kind}`));
  const chosen: ResourceType[] = [];
  const skipped: { type: ResourceType; reason: string }[] = [];
  for (const type of listable) {
    const repeats = type.group === 'extensions' && names.has(`${type.resource}/${type.kind}`);
    const usual = repeats ? 'the same objects are served by a newer group' : reasonFor(type);
    const reason = also.includes(resourceName(type)) ? undefined : usual;
    if (reason === undefined) chosen.push(type);
    else skipped.push({ type, reason });
  }
  return { chosen, skipped };
}

function reasonFor(type: ResourceType): string | undefined {
  const name = resourceName(type);
  if (Object.hasOwn(skippedResources, name)) return skippedResources[name];
  const family = Object.keys(skippedResources).find((key) => key.startsWith('*.') && `.${type.group}`.endsWith(key.slice(1)));
  return family === undefined ? undefined : skippedResources[family];
}
