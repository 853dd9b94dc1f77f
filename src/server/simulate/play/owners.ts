// Owners of pods, played: Deployments have ReplicaSets, ReplicaSets, StatefulSets, DaemonSets and Jobs have pods. Every step is taken at once: a
// new template replaces all pods of the old one, without surge, pauses between, or partitions. The hashes in names are this program's own.

import { createHash } from 'node:crypto';
import type { Struct } from '../../../kube/schema/defaults/struct.ts';
import { asList, asNumber, asObject, asString, canonicalJson, dig, type Json, type JsonObject, sameJson } from '../../../lib/json.ts';
import { placement } from '../../../request/placement.ts';
import { timestamp } from '../world.ts';
import {
  condition,
  isReady,
  keep,
  make,
  makePod,
  nameOf,
  ownedBy,
  ownerReference,
  pods,
  replicaSets,
  type Stage,
  wantedOf,
} from './stage.ts';

const hashLabel = 'pod-template-hash';
const revisionNote = 'deployment.kubernetes.io/revision';

function hashOf(template: Json | undefined): string {
  return createHash('sha256')
    .update(canonicalJson(template ?? null))
    .digest('hex')
    .slice(0, 10);
}

/** The template without the label that says which ReplicaSet it is of. */
function plainTemplate(object: JsonObject): Json {
  const template = asObject(dig(object, 'spec', 'template'));
  const metadata = asObject(template.metadata);
  const { [hashLabel]: _hash, ...labels } = asObject(metadata.labels);
  return { ...template, metadata: { ...metadata, labels } };
}

function revisionOf(object: JsonObject): number {
  return Number(dig(object, 'metadata', 'annotations', revisionNote) ?? 0) || 0;
}

export function playDeployment(stage: Stage, deployment: JsonObject): void {
  const resource = { group: 'apps', resource: 'deployments' };
  const template = plainTemplate(deployment);
  const sets = () => ownedBy(stage, replicaSets, deployment);
  const isPaused = dig(deployment, 'spec', 'paused') === true;
  const latest = Math.max(0, ...sets().map(revisionOf));
  const current = () => sets().find((each) => sameJson(plainTemplate(each), template));
  let revision = latest;
  if (current() === undefined && !isPaused) {
    revision = latest + 1;
    makeReplicaSet(stage, deployment, template, revision);
  }
  const now = current();
  const newest = now ?? sets().find((each) => revisionOf(each) === latest);
  if (now !== undefined && revisionOf(now) < latest) revision = latest + 1;
  for (const each of sets()) {
    const isNewest = newest !== undefined && nameOf(each) === nameOf(newest);
    const notes = isNewest && revisionOf(each) !== revision ? { [revisionNote]: String(revision) } : {};
    scale(stage, each, isNewest ? wantedOf(deployment) : isPaused ? wantedOf(each) : 0, notes);
  }
  for (const each of sets()) playReplicaSet(stage, each);
  const all = sets();
  const count = (list: readonly JsonObject[], key: string) =>
    list.reduce((sum, each) => sum + (asNumber(dig(each, 'status', key)) ?? 0), 0);
  const own = all.filter((each) => newest !== undefined && nameOf(each) === nameOf(newest));
  const [replicas, ready, updated] = [count(all, 'replicas'), count(all, 'readyReplicas'), count(own, 'replicas')];
  const wanted = wantedOf(deployment);
  const isAvailable = ready >= wanted - unavailable(deployment, wanted);
  const isDone = updated === wanted && replicas === wanted && ready === wanted;
  const name = newest === undefined ? '' : nameOf(newest);
  keep(
    stage,
    resource,
    deployment,
    {
      observedGeneration: dig(deployment, 'metadata', 'generation') ?? 1,
      ...counts({
        replicas,
        updatedReplicas: updated,
        readyReplicas: ready,
        availableReplicas: ready,
        unavailableReplicas: Math.max(0, wanted - ready),
      }),
      conditions: [
        isAvailable
          ? condition(deployment, 'Available', true, 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
          : condition(deployment, 'Available', false, 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'),
        isDone
          ? condition(deployment, 'Progressing', true, 'NewReplicaSetAvailable', `ReplicaSet "${name}" has successfully progressed.`)
          : condition(deployment, 'Progressing', true, 'ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`),
      ],
    },
    { [revisionNote]: String(revision) },
  );
}

/** How many may be missing: a quarter where nothing is said. */
function unavailable(deployment: JsonObject, wanted: number): number {
  const given = dig(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable');
  if (typeof given === 'number') return given;
  const share = /^([0-9]+)%$/.exec(typeof given === 'string' ? given : '')?.[1];
  return share === undefined ? 0 : Math.floor((wanted * Number(share)) / 100);
}

/** Zeros are not written. */
function counts(values: Readonly<Record<string, number>>): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== 0));
}

function makeReplicaSet(stage: Stage, deployment: JsonObject, template: Json, revision: number): void {
  const hash = hashOf(template);
  const plain = asObject(template);
  const metadata = asObject(plain.metadata);
  const labels = { ...asObject(metadata.labels), [hashLabel]: hash };
  const selector = asObject(dig(deployment, 'spec', 'selector'));
  make(stage, 'deployment-controller', 'apps/v1', 'replicasets', {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      labels,
      annotations: { [revisionNote]: String(revision) },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: wantedOf(deployment),
      selector: { ...selector, matchLabels: { ...asObject(selector.matchLabels), [hashLabel]: hash } },
      template: { ...plain, metadata: { ...metadata, labels } },
    },
  });
}

function scale({ world, namespace }: Stage, set: JsonObject, replicas: number, notes: JsonObject): void {
  if (wantedOf(set) === replicas && Object.keys(notes).length === 0) return;
  const metadata = asObject(set.metadata);
  const generation = (asNumber(metadata.generation) ?? 1) + (wantedOf(set) === replicas ? 0 : 1);
  world.store.put(replicaSets, namespace, nameOf(set), {
    ...set,
    metadata: { ...metadata, generation, annotations: { ...asObject(metadata.annotations), ...notes } },
    spec: { ...asObject(set.spec), replicas },
  });
}

export function playReplicaSet(stage: Stage, set: JsonObject): void {
  const { store } = stage.world;
  const present = () => ownedBy(stage, pods, set);
  const wanted = wantedOf(set);
  for (let missing = wanted - present().length; missing > 0; missing--)
    if (!makePod(stage, 'replicaset-controller', set, dig(set, 'spec', 'template'), { generateName: `${nameOf(set)}-` })) break;
  for (const extra of present().slice(wanted)) store.remove(pods, stage.namespace, nameOf(extra));
  const found = present();
  const ready = found.filter(isReady).length;
  keep(stage, replicaSets, store.get(replicaSets, stage.namespace, nameOf(set)) ?? set, {
    replicas: found.length,
    ...counts({ fullyLabeledReplicas: found.length, readyReplicas: ready, availableReplicas: ready }),
    observedGeneration: dig(set, 'metadata', 'generation') ?? 1,
  });
}

export function playStatefulSet(stage: Stage, set: JsonObject): void {
  const resource = { group: 'apps', resource: 'statefulsets' };
  const template = dig(set, 'spec', 'template');
  const revision = `${nameOf(set)}-${hashOf(template)}`;
  const wanted = wantedOf(set);
  const start = asNumber(dig(set, 'spec', 'ordinals', 'start')) ?? 0;
  const names = new Set(Array.from({ length: wanted }, (_, index) => `${nameOf(set)}-${start + index}`));
  const isOf = (pod: JsonObject) => dig(pod, 'metadata', 'labels', 'controller-revision-hash') === revision;
  for (const pod of ownedBy(stage, pods, set))
    if (!names.has(nameOf(pod)) || !isOf(pod)) stage.world.store.remove(pods, stage.namespace, nameOf(pod));
  for (const [index, name] of [...names].entries()) {
    if (stage.world.store.get(pods, stage.namespace, name) !== undefined) continue;
    const labels = {
      'apps.kubernetes.io/pod-index': String(start + index),
      'controller-revision-hash': revision,
      'statefulset.kubernetes.io/pod-name': name,
    };
    const subdomain = asString(dig(set, 'spec', 'serviceName')) ?? '';
    const spec = { hostname: name, ...(subdomain === '' ? {} : { subdomain }) };
    if (!makePod(stage, 'statefulset-controller', set, template, { name, labels }, spec)) break;
  }
  const found = ownedBy(stage, pods, set);
  const ready = found.filter(isReady).length;
  keep(stage, resource, set, {
    observedGeneration: dig(set, 'metadata', 'generation') ?? 1,
    replicas: found.length,
    ...counts({ readyReplicas: ready, currentReplicas: found.length, updatedReplicas: found.length }),
    availableReplicas: ready,
    currentRevision: revision,
    updateRevision: revision,
    collisionCount: 0,
  });
}

export function playDaemonSet(stage: Stage, set: JsonObject): void {
  const { store } = stage.world;
  const template = dig(set, 'spec', 'template');
  const revision = hashOf(template);
  const spec = asObject(dig(template, 'spec'));
  const probe = {
    metadata: {},
    spec: { ...spec, containers: [], tolerations: [...(Array.isArray(spec.tolerations) ? spec.tolerations : []), ...ofDaemons] },
  };
  const nodes = new Set(
    placement(probe as unknown as Struct, store)
      .filter(({ reasons }) => reasons.length === 0)
      .map(({ node }) => node),
  );
  const taken = new Set<string>();
  for (const pod of ownedBy(stage, pods, set)) {
    const node = asString(dig(pod, 'spec', 'nodeName')) ?? '';
    const isOld = dig(pod, 'metadata', 'labels', 'controller-revision-hash') !== revision;
    if (isOld || taken.has(node) || !nodes.has(node)) store.remove(pods, stage.namespace, nameOf(pod));
    else taken.add(node);
  }
  for (const node of nodes) {
    if (taken.has(node)) continue;
    const metadata = { generateName: `${nameOf(set)}-`, labels: { 'controller-revision-hash': revision, 'pod-template-generation': '1' } };
    if (!makePod(stage, 'daemon-set-controller', set, template, metadata, { nodeName: node, tolerations: probe.spec.tolerations })) break;
  }
  const found = ownedBy(stage, pods, set);
  const ready = found.filter(isReady).length;
  keep(stage, { group: 'apps', resource: 'daemonsets' }, set, {
    currentNumberScheduled: found.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: nodes.size,
    numberReady: ready,
    observedGeneration: dig(set, 'metadata', 'generation') ?? 1,
    ...counts({ updatedNumberScheduled: found.length, numberAvailable: ready, numberUnavailable: nodes.size - ready }),
  });
}

/** What the controller adds to the pods of every DaemonSet. */
const ofDaemons: readonly JsonObject[] = [
  'not-ready',
  'unreachable',
  'disk-pressure',
  'memory-pressure',
  'pid-pressure',
  'unschedulable',
].map((what) => ({
  key: `node.kubernetes.io/${what}`,
  operator: 'Exists',
  effect: what === 'not-ready' || what === 'unreachable' ? 'NoExecute' : 'NoSchedule',
}));

const jobs = { group: 'batch', resource: 'jobs' };

/** Its pods succeed as soon as they run. */
export function playJob(stage: Stage, job: JsonObject): void {
  if (dig(job, 'status', 'completionTime') !== undefined) return;
  if (dig(job, 'spec', 'suspend') === true) {
    if (asList(dig(job, 'status', 'conditions')).length > 0) return;
    const suspended = { ...condition(job, 'Suspended', true, 'JobSuspended', 'Job suspended', false), lastProbeTime: timestamp() };
    keep(stage, jobs, job, { conditions: [suspended], ready: 0, terminating: 0, uncountedTerminatedPods: {} });
    return;
  }
  const wanted = asNumber(dig(job, 'spec', 'completions')) ?? 1;
  const template = dig(job, 'spec', 'template');
  for (let missing = wanted - ownedBy(stage, pods, job).length; missing > 0; missing--)
    if (!makePod(stage, 'job-controller', job, template, { generateName: `${nameOf(job)}-` })) break;
  const found = ownedBy(stage, pods, job);
  const done = found.filter((pod) => dig(pod, 'status', 'phase') === 'Succeeded').length;
  const startTime = dig(job, 'status', 'startTime') ?? timestamp();
  const isDone = done >= wanted;
  const message = 'Reached expected number of succeeded pods';
  const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({
    ...condition(job, type, true, 'CompletionsReached', message, false),
    lastProbeTime: timestamp(),
  }));
  const active = found.length - done;
  keep(stage, jobs, job, {
    ...(isDone ? { completionTime: timestamp(), conditions } : {}),
    startTime,
    ...counts({ active, succeeded: done }),
    ready: 0,
    terminating: 0,
    uncountedTerminatedPods: {},
  });
}
