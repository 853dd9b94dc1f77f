// `simulate --play`: the controllers without which a cluster looks dead, played in words: owners make what they own, pods are bound and run, Services
// get their endpoints. Everything that changes in a namespace is looked at a moment later, until nothing changes any more.

import { isGoing, nameOf } from '../../../kube/metadata.ts';
import { asString, dig, type JsonObject } from '../../../lib/json.ts';
import type { Tokens } from '../../../request/reviews/tokens.ts';
import type { GroupResource } from '../../../request/store/state.ts';
import type { Change } from '../../../request/store/store.ts';
import type { Authority } from '../certificates.ts';
import type { World } from '../world.ts';
import { alarmsOf } from './alarms.ts';
import { approve, expiryOf } from './approver.ts';
import { autoscalerPeriod, playAutoscaler } from './autoscalers.ts';
import { playBudget } from './budgets.ts';
import { type Burst, burstOf } from './bursts.ts';
import { claims, playClaim } from './claims.ts';
import { playCronJob } from './cron-jobs.ts';
import { playDaemonSet } from './daemon-sets.ts';
import { playDeployment } from './deployments.ts';
import { playSlices } from './endpoints.ts';
import { recorderOf } from './events.ts';
import { type Evictions, playEviction } from './evictions.ts';
import { type Credentials, playFurniture, playTokenSecret } from './furniture.ts';
import { type Guarded, guard } from './guarded.ts';
import { jobKind, playJob, releaseTracked } from './jobs.ts';
import { playNode } from './nodes.ts';
import { dropEndpoints, mirrorEndpoints, playEndpoints } from './older-endpoints.ts';
import { playPodClaims } from './pod-claims.ts';
import { playPod } from './pods.ts';
import { playReplicaSet, replicationControllers } from './replica-sets.ts';
import { playServiceRanges, serviceAddresses, serviceRanges } from './service-ranges.ts';
import { playRequest, requests } from './signer.ts';
import { pods, replicaSets, type Stage } from './stage.ts';
import { playStatefulSet } from './stateful-sets.ts';
import { volumes } from './volume-matching.ts';
import { playVolume } from './volumes.ts';

/** Times that one change may lead to another. */
const mostRounds = 2000;

const nodes: GroupResource = { group: '', resource: 'nodes' };
const apps = (resource: string): GroupResource => ({ group: 'apps', resource });

/** What certificates and tokens are signed with. */
export interface Keys {
  readonly authority: Authority;
  readonly tokens: Tokens;
}

/** Follows the store; returns what ends that. */
export function startPlay(world: World, keys?: Keys, period = autoscalerPeriod): () => void {
  const guarded = guard();
  const sign = (name: string) => {
    const found = () => world.store.get(requests, '', name);
    const request = found();
    if (request === undefined) return;
    if (world.clock.now() >= expiryOf(request)) {
      world.store.remove(requests, '', name);
      return;
    }
    approve(world, request);
    const now = found();
    if (now !== undefined && keys !== undefined) playRequest(world, keys.authority, now);
    certificates.set(name, expiryOf(found() ?? request));
  };
  const signLater = (name: string) => setImmediate(() => guarded('certificates', () => sign(name)));
  const certificates = alarmsOf(world.clock, signLater);
  const changed = new Set<string>();
  const changedNodes = new Set<string>();
  const changedVolumes = new Set<string>();
  /** Whether a pod is gone, so that others may have its place. */
  let hasRoom = false;
  let timer: NodeJS.Immediate | undefined;
  const recorder = recorderOf(world);
  const address = addresses();
  const evictions: Evictions = new Map();
  const later = () => {
    timer ??= setImmediate(work);
  };
  const touch = (namespace: string) => {
    changed.add(namespace);
    later();
  };
  const alarms = alarmsOf(world.clock, touch);
  const playAll = (namespace: string, burst: Burst) => {
    const again = (time: number) => alarms.set(namespace, time);
    const stage = { world, namespace, recorder, burst, again, autoscalerPeriod: period };
    if (keys !== undefined) furnish(stage, guarded, { certificate: keys.authority.certificate, tokens: keys.tokens });
    play(stage, guarded, address, evictions);
  };
  function work() {
    timer = undefined;
    for (const name of changedNodes) {
      const node = world.store.get(nodes, '', name);
      if (node !== undefined) guarded('nodes', () => playNode(world, node));
    }
    changedNodes.clear();
    const burst = burstOf();
    for (let round = 0; changed.size + changedVolumes.size > 0 && round < mostRounds && !burst.isSpent(); round++) {
      for (const name of changedVolumes) {
        changedVolumes.delete(name);
        const volume = world.store.get(volumes, '', name);
        if (volume !== undefined) guarded(volumes.resource, () => playVolume(world, recorder, volume));
      }
      if (hasRoom) for (const namespace of waitingPlaces(world)) changed.add(namespace);
      hasRoom = false;
      const namespaces = [...changed];
      changed.clear();
      for (const namespace of namespaces) {
        if (!burst.isSpent()) playAll(namespace, burst);
        if (burst.isSpent()) changed.add(namespace);
      }
    }
    if (burst.isSpent()) later();
    else changed.clear();
  }
  const withClaims = () => {
    later();
    for (const { metadata } of world.store.list(claims)) touch(String((metadata as JsonObject).namespace));
  };
  const everywhere = () => {
    for (const { metadata } of world.store.list({ group: '', resource: 'namespaces' })) touch(String((metadata as JsonObject).name));
  };
  const ranges = () => guarded(serviceRanges.resource, () => playServiceRanges(world));
  const follow = ({ namespace, resource, name, after }: Change) => {
    if (resource.resource === 'events') return;
    if (resource.resource === 'pods' && after === undefined) hasRoom = true;
    if (resource.resource === 'services' && after === undefined) dropEndpoints(world, namespace, name);
    if (resource.resource === claims.resource) for (const volume of world.store.list(volumes)) changedVolumes.add(nameOf(volume));
    if (namespace !== '') touch(namespace);
    else if (resource.resource === 'nodes') {
      changedNodes.add(name);
      everywhere();
    } else if (resource.resource === volumes.resource) {
      changedVolumes.add(name);
      withClaims();
    } else if (resource.resource === 'storageclasses') withClaims();
    else if (resource.group === serviceRanges.group && [serviceRanges.resource, serviceAddresses.resource].includes(resource.resource))
      setImmediate(ranges);
    else if (resource.resource === 'certificatesigningrequests') signLater(name);
  };
  const unsubscribe = world.store.subscribe((change) => guarded('changes', () => follow(change)));
  for (const node of world.store.list(nodes)) guarded('nodes', () => playNode(world, node));
  for (const volume of world.store.list(volumes)) changedVolumes.add(nameOf(volume));
  ranges();
  for (const request of world.store.list(requests)) signLater(nameOf(request));
  everywhere();
  return () => {
    unsubscribe();
    alarms.stop();
    certificates.stop();
    if (timer !== undefined) clearImmediate(timer);
  };
}

/** Addresses of pods, one after the other. */
function addresses(): () => string {
  let next = 0;
  return () => {
    next++;
    return `10.244.${(next >> 8) & 255}.${next & 255}`;
  };
}

/** Namespaces of pods that are on no node. */
function waitingPlaces({ store }: World): readonly string[] {
  return store
    .list(pods)
    .filter((pod) => (asString(dig(pod, 'spec', 'nodeName')) ?? '') === '' && dig(pod, 'status', 'phase') === 'Pending')
    .map((pod) => asString(dig(pod, 'metadata', 'namespace')) ?? '');
}

function furnish(stage: Stage, guarded: Guarded, credentials: Credentials): void {
  const { world, namespace } = stage;
  guarded('configmaps', () => playFurniture(stage, credentials));
  for (const secret of world.store.list({ group: '', resource: 'secrets' }, namespace))
    if (!isGoing(secret)) guarded('secrets', () => playTokenSecret(stage, credentials, secret));
}

function play(stage: Stage, guarded: Guarded, address: () => string, evictions: Evictions): void {
  const { world, namespace } = stage;
  const all = (resource: GroupResource, act: (stage: Stage, object: JsonObject) => void, isPlayed: (object: JsonObject) => boolean) => {
    for (const object of world.store.list(resource, namespace)) if (isPlayed(object)) guarded(resource.resource, () => act(stage, object));
  };
  const each = (resource: GroupResource, act: (stage: Stage, object: JsonObject) => void) =>
    all(resource, act, (object) => !isGoing(object));
  each(pods, playPodClaims);
  all(claims, playClaim, () => true);
  each(apps('deployments'), playDeployment);
  each(replicaSets, playReplicaSet);
  each(replicationControllers, playReplicaSet);
  each(apps('statefulsets'), playStatefulSet);
  each(apps('daemonsets'), playDaemonSet);
  each({ group: 'batch', resource: 'cronjobs' }, playCronJob);
  each(jobKind, playJob);
  guarded(jobKind.resource, () => releaseTracked(stage));
  all(
    pods,
    (_stage, pod) => playPod(stage, pod, address),
    () => true,
  );
  each(pods, (_stage, pod) => playEviction(stage, evictions, pod));
  each({ group: '', resource: 'services' }, playSlices);
  each({ group: '', resource: 'services' }, playEndpoints);
  each({ group: '', resource: 'endpoints' }, mirrorEndpoints);
  each({ group: 'policy', resource: 'poddisruptionbudgets' }, playBudget);
  each({ group: 'autoscaling', resource: 'horizontalpodautoscalers' }, playAutoscaler);
}
