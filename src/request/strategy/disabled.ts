// Fields behind feature gates that are off: dropped from new objects, kept where what is stored has them (kubernetes pkg/api/pod,
// DropDisabledPodFields, and pkg/registry/*/strategy.go, 1.36). Which fields these are is the table of `gated-fields.ts`; here is the walk
// over it, and what dropping means where it is more than taking a field away.

import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import type { Features } from '../../kube/version/feature-gates.ts';
import { isObject, type Json } from '../../lib/json.ts';
import { allContainers, ended, type GatedFields, ofKinds, ofPodSpec, type Place } from './gated-fields.ts';

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'];

/** Where kinds have the spec of a pod. */
const podSpecs: Readonly<Record<string, readonly string[]>> = {
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

/** Drops the fields of a kind, in place; `old` is what is stored, where there is something. */
export function dropDisabledFields(object: Struct, old: Struct | undefined, group: string, kind: string, features: Features): void {
  const key = `${group}/${kind}`;
  const { kinds, pod } = offIn(features);
  for (const rule of kinds.get(key) ?? []) drop(object, old, rule);
  if (old === undefined && key === 'batch/Job' && !features.has('JobBackoffLimitPerIndex')) dropFailIndex(object);
  const place = Object.hasOwn(podSpecs, key) ? podSpecs[key] : undefined;
  if (place === undefined) return;
  const spec = structAt(object, ...place);
  const before = old === undefined ? undefined : structAt(old, ...place);
  for (const rule of pod) drop(spec, before, rule);
  dropMore(spec, before, features);
}

interface Off {
  readonly kinds: ReadonlyMap<string, readonly GatedFields[]>;
  readonly pod: readonly GatedFields[];
}

/** The rules whose gates are off, by the features of a server. */
const off = new WeakMap<Features, Off>();

function offIn(features: Features): Off {
  let known = off.get(features);
  if (known === undefined) {
    const isOff = ({ gates }: GatedFields) => !gates.some((gate) => features.has(gate));
    const always = new Map(Object.entries(ended).map(([kind, places]) => [kind, [{ gates: [], places }]]));
    const kinds = Object.keys({ ...ofKinds, ...ended }).map(
      (kind) => [kind, [...(always.get(kind) ?? []), ...(ofKinds[kind] ?? []).filter(isOff)]] as const,
    );
    known = { kinds: new Map(kinds.filter(([, rules]) => rules.length > 0)), pod: ofPodSpec.filter(isOff) };
    off.set(features, known);
  }
  return known;
}

function drop(object: Struct, old: Struct | undefined, { places, inUse = places }: GatedFields): void {
  if (!isSomewhere(object, places) || (old !== undefined && isSomewhere(old, inUse))) return;
  for (const [path, fields] of places)
    reach(object, path, 0, (struct) => {
      for (const field of fields) delete struct[field];
      return false;
    });
}

function isSomewhere(object: Struct, places: readonly Place[]): boolean {
  return places.some(([path, fields]) => reach(object, path, 0, (struct) => fields.some((field) => isGiven(struct[field]))));
}

function isGiven(value: Json | undefined): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

/** Looks at the structs at a path, from a step on, until `look` says that one was enough. */
function reach(here: Json | undefined, path: readonly string[], step: number, look: (struct: Struct) => boolean): boolean {
  if (typeof here !== 'object' || here === null) return false;
  const key = path[step];
  if (key === '*') return Object.values(here).some((each) => reach(each, path, step + 1, look));
  if (!isObject(here)) return false;
  if (key === undefined) return look(here as Struct);
  if (key !== allContainers) return reach(here[key], path, step + 1, look);
  return containerLists.some((list) => {
    const containers = here[list];
    return Array.isArray(containers) && containers.some((each: Json) => reach(each, path, step + 1, look));
  });
}

function containersOf(spec: Struct): readonly Struct[] {
  return containerLists.flatMap((list) => structsIn(spec, list));
}

/** What more is dropped from the spec of a pod than fields alone. */
function dropMore(spec: Struct, old: Struct | undefined, features: Features): void {
  if (!features.has('ProcMountType') && !(old !== undefined && unmasks(old))) maskProc(spec);
  if (!features.has('ContainerRestartRules') && !(old !== undefined && hasRestartRules(old))) dropRestartRules(spec);
  if (!features.has('ImageVolume') && !(old !== undefined && hasImageVolumes(old))) dropImageVolumes(spec);
  if (!features.has('PodLifecycleSleepAction')) dropOfLifecycles(spec, old, dropSleep, sleeps);
  if (!features.has('ContainerStopSignals')) dropOfLifecycles(spec, old, dropSignal, signals);
}

function unmasks(spec: Struct): boolean {
  return containersOf(spec).some((container) => !['', 'Default'].includes(textIn(structAt(container, 'securityContext'), 'procMount')));
}

function maskProc(spec: Struct): void {
  for (const container of containersOf(spec)) {
    const context = structAt(container, 'securityContext');
    if (context.procMount !== undefined) context.procMount = 'Default';
  }
}

function hasRestartRules(spec: Struct): boolean {
  const own = (init: Struct) => !['', 'Always'].includes(textIn(init, 'restartPolicy')) || isGiven(init.restartPolicyRules);
  return structsIn(spec, 'initContainers').some(own) || structsIn(spec, 'containers').some(({ restartPolicy }) => isGiven(restartPolicy));
}

function dropRestartRules(spec: Struct): void {
  for (const list of containerLists)
    for (const container of structsIn(spec, list)) {
      if (list !== 'initContainers' || container.restartPolicy !== 'Always') delete container.restartPolicy;
      delete container.restartPolicyRules;
    }
}

function hasImageVolumes(spec: Struct): boolean {
  return structsIn(spec, 'volumes').some(({ image }) => isGiven(image));
}

/** Volumes of images go, and so do their mounts. */
function dropImageVolumes(spec: Struct): void {
  const volumes = structsIn(spec, 'volumes');
  const gone = new Set(volumes.filter(({ image }) => isGiven(image)).map((volume) => textIn(volume, 'name')));
  if (gone.size === 0) return;
  keep(spec, 'volumes', ({ image }) => !isGiven(image));
  for (const container of containersOf(spec)) keep(container, 'volumeMounts', (mount) => !gone.has(textIn(mount, 'name')));
}

/** Keeps some structs of a list; an emptied list is none. */
function keep(holder: Struct, key: string, isKept: (struct: Struct) => boolean): void {
  const kept = structsIn(holder, key).filter(isKept);
  if (kept.length === 0) delete holder[key];
  else holder[key] = kept as readonly unknown[] as Json;
}

/** A job's rules that fail an index, where indexes have no limits of their own. */
function dropFailIndex(job: Struct): void {
  const policy = structAt(job, 'spec', 'podFailurePolicy');
  if (Array.isArray(policy.rules)) policy.rules = structsIn(policy, 'rules').filter(({ action }) => action !== 'FailIndex') as never;
}

function lifecyclesOf(spec: Struct): readonly Struct[] {
  return containersOf(spec).map((container) => structAt(container, 'lifecycle'));
}

const hooks = ['preStop', 'postStart'];

function sleeps(lifecycle: Struct): boolean {
  return hooks.some((hook) => isGiven(structAt(lifecycle, hook).sleep));
}

function signals(lifecycle: Struct): boolean {
  return isGiven(lifecycle.stopSignal);
}

function dropSleep(lifecycle: Struct): void {
  for (const hook of hooks) {
    const action = structAt(lifecycle, hook);
    if (!isGiven(action.sleep)) continue;
    delete action.sleep;
    if (Object.keys(action).length === 0) delete lifecycle[hook];
  }
}

function dropSignal(lifecycle: Struct): void {
  delete lifecycle.stopSignal;
}

/** Drops a part of every lifecycle; one that has nothing else goes with it. */
function dropOfLifecycles(spec: Struct, old: Struct | undefined, part: (of: Struct) => void, isUsed: (of: Struct) => boolean): void {
  if (!lifecyclesOf(spec).some(isUsed) || (old !== undefined && lifecyclesOf(old).some(isUsed))) return;
  for (const container of containersOf(spec)) {
    const lifecycle = structAt(container, 'lifecycle');
    if (!isUsed(lifecycle)) continue;
    part(lifecycle);
    if (Object.keys(lifecycle).length === 0) delete container.lifecycle;
  }
}
