// Fields behind feature gates that are off by default: dropped from new objects, kept where what is stored has them (kubernetes pkg/api/pod,
// DropDisabledPodFields, and pkg/registry/*/strategy.go, 1.36). Gates that are on in every known release are not here.

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
  const volumes = structsIn(spec, 'volumes').filter(({ projected }) => projected !== undefined);
  return volumes.flatMap((volume) => structsIn(structAt(volume, 'projected'), 'sources'));
}

function signals(spec: Struct): boolean {
  return containersOf(spec).some((container) => structAt(container, 'lifecycle').stopSignal !== undefined);
}

/** Drops them from a pod's spec, in place. `old` is the stored spec, where there is one. */
export function dropDisabledPodFields(spec: Struct, old: Struct | undefined, gates: Gates = new Map()): void {
  const sources = sourcesOf(spec);
  if (sources.length > 0)
    for (const [projection, gate] of projections)
      if (gates.get(gate) !== true && (old === undefined || sourcesOf(old).every((source) => source[projection] === undefined)))
        for (const source of sources) delete source[projection];
  if (old?.schedulingGroup === undefined && spec.schedulingGroup !== undefined) delete spec.schedulingGroup;
  if (old !== undefined && signals(old)) return;
  for (const list of containerLists)
    for (const container of structsIn(spec, list)) {
      if (container.lifecycle === undefined || structAt(container, 'lifecycle').stopSignal === undefined) continue;
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

/** Fields of other kinds behind gates that are off by default; `*` is every member of a list or map. */
const gated: Readonly<Record<string, readonly (readonly [gate: string, path: readonly string[], fields: readonly string[]])[]>> = {
  'resource.k8s.io/ResourceSlice': [
    ['DRAListTypeAttributes', ['spec', 'devices', '*', 'attributes', '*'], ['ints', 'bools', 'strings', 'versions']],
    ['DRANodeAllocatableResources', ['spec', 'devices', '*'], ['nodeAllocatableResourceMappings']],
  ],
  '/Node': [
    ['DynamicKubeletConfig', ['spec'], ['configSource']],
    ['DynamicKubeletConfig', ['status'], ['config']],
  ],
  '/Pod': [['DRANodeAllocatableResources', ['status'], ['nodeAllocatableResourceClaimStatuses']]],
  'coordination.k8s.io/Lease': [['CoordinatedLeaderElection', ['spec'], ['strategy', 'preferredHolder']]],
  'apps/StatefulSet': [['MaxUnavailableStatefulSet', ['spec', 'updateStrategy', 'rollingUpdate'], ['maxUnavailable']]],
  'storage.k8s.io/CSIDriver': [['VolumeLimitScaling', ['spec'], ['preventPodSchedulingIfMissing']]],
};

/** The structs at a path. */
function structsAt(object: Struct, path: readonly string[]): readonly Struct[] {
  let here: readonly Struct[] = [object];
  for (const step of path) here = here.flatMap((each) => (step === '*' ? Object.values(each) : [each[step]])).filter(isStruct);
  return here;
}

function isStruct(value: unknown): value is Struct {
  return typeof value === 'object' && value !== null;
}

function dropGated(object: Struct, old: Struct | undefined, key: string, gates: Gates): void {
  for (const [gate, path, fields] of Object.hasOwn(gated, key) ? (gated[key] ?? []) : []) {
    const has = (each: Struct) => fields.some((field) => each[field] !== undefined);
    if (gates.get(gate) === true || (old !== undefined && structsAt(old, path).some(has))) continue;
    for (const each of structsAt(object, path)) for (const field of fields) delete each[field];
  }
}

/** Drops the fields of a kind, in place. */
export function dropDisabledFields(object: Struct, old: Struct | undefined, group: string, kind: string, gates?: Gates): void {
  const key = `${group}/${kind}`;
  dropGated(object, old, key, gates ?? new Map());
  const place = Object.hasOwn(places, key) ? places[key] : undefined;
  if (place !== undefined)
    dropDisabledPodFields(structAt(object, ...place), old === undefined ? undefined : structAt(old, ...place), gates);
}
