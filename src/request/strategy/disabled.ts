// Fields of pods behind feature gates that are off by default: dropped from new pods and templates, kept where what is stored has them
// (kubernetes pkg/api/pod, DropDisabledPodFields, 1.36). Gates that are on in every known release are not here.

import { type Struct, structAt, structsIn } from '../../kube/schema/defaults/struct.ts';

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'];
const projections = [
  ['clusterTrustBundle', 'ClusterTrustBundleProjection'],
  ['podCertificate', 'PodCertificateRequest'],
] as const;

/** Feature gates that differ from the defaults. */
type Gates = ReadonlyMap<string, boolean>;

function containersOf(spec: Struct): readonly Struct[] {
  return containerLists.flatMap((list) => structsIn(spec, list));
}

function sourcesOf(spec: Struct): readonly Struct[] {
  return structsIn(spec, 'volumes').flatMap((volume) => structsIn(structAt(volume, 'projected'), 'sources'));
}

function signals(spec: Struct): boolean {
  return containersOf(spec).some((container) => structAt(container, 'lifecycle').stopSignal !== undefined);
}

/** Drops them from a pod's spec, in place. `old` is the stored spec, where there is one. */
export function dropDisabledPodFields(spec: Struct, old: Struct | undefined, gates: Gates = new Map()): void {
  for (const [projection, gate] of projections)
    if (gates.get(gate) !== true && (old === undefined || sourcesOf(old).every((source) => source[projection] === undefined)))
      for (const source of sourcesOf(spec)) delete source[projection];
  if (old?.schedulingGroup === undefined) delete spec.schedulingGroup;
  if (old !== undefined && signals(old)) return;
  for (const container of containersOf(spec)) {
    if (structAt(container, 'lifecycle').stopSignal === undefined) continue;
    const { stopSignal: _signal, ...rest } = structAt(container, 'lifecycle');
    if (Object.keys(rest).length === 0) delete container.lifecycle;
    else container.lifecycle = rest;
  }
}

/** Where kinds have the spec of a pod. */
const places: Readonly<Record<string, readonly string[]>> = {
  '/Pod': ['spec'],
  '/PodTemplate': ['template', 'spec'],
  '/ReplicationController': ['spec', 'template', 'spec'],
  'apps/Deployment': ['spec', 'template', 'spec'],
  'apps/StatefulSet': ['spec', 'template', 'spec'],
  'apps/ReplicaSet': ['spec', 'template', 'spec'],
  'apps/DaemonSet': ['spec', 'template', 'spec'],
  'batch/Job': ['spec', 'template', 'spec'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

/** Drops the fields from an object that holds pods, in place; other kinds are left alone. */
export function dropDisabledFields(object: Struct, old: Struct | undefined, group: string, kind: string, gates?: Gates): void {
  const key = `${group}/${kind}`;
  const place = Object.hasOwn(places, key) ? places[key] : undefined;
  if (place !== undefined)
    dropDisabledPodFields(structAt(object, ...place), old === undefined ? undefined : structAt(old, ...place), gates);
}
