// Pods, played as kwok plays kubelets: bound to a node that has room, then running and ready in words, or succeeded where a Job made them, and
// gone once they are deleted. No container is ever started.

import { isGoing, nameOf } from '../../../kube/metadata.ts';
import { asList, asObject, asString, dig, field, type Json, type JsonObject, strings } from '../../../lib/json.ts';
import type { GroupResource } from '../../../request/store/state.ts';
import { timestamp } from '../world.ts';
import { readyClaims } from './claims.ts';
import { nominated, preemptFor } from './preemption.ts';
import { bind, chooseNode } from './scheduler.ts';
import { pods, type Stage } from './stage.ts';

const nodes: GroupResource = { group: '', resource: 'nodes' };

/** Binds a pod and lets it run, as far as words go. */
export function playPod(stage: Stage, given: JsonObject, address: () => string): void {
  const { store } = stage.world;
  const name = nameOf(given);
  if (isGoing(given)) {
    if (strings(dig(given, 'metadata', 'finalizers')).length === 0) store.remove(pods, stage.namespace, name);
    return;
  }
  const phase = dig(given, 'status', 'phase');
  if (phase === 'Running' || phase === 'Succeeded' || phase === 'Failed') return;
  const pod = (asString(dig(given, 'spec', 'nodeName')) ?? '') === '' ? schedule(stage, given) : given;
  const node = store.get(nodes, '', asString(dig(pod, 'spec', 'nodeName')) ?? '');
  if (pod === undefined || node === undefined) return;
  const succeeds = asList(dig(pod, 'metadata', 'ownerReferences')).some((owner) => field(owner, 'kind') === 'Job');
  store.put(pods, stage.namespace, name, {
    ...pod,
    status: { ...asObject(pod.status), ...running(pod, node, succeeds, address, timestamp(stage.world.clock.now())) },
  });
}

/** The pod on its node; undefined where it waits. */
function schedule({ recorder, ...rest }: Stage, pod: JsonObject): JsonObject | undefined {
  const stage = { recorder, ...rest };
  const { world, namespace } = rest;
  if (asList(dig(pod, 'spec', 'schedulingGates')).length > 0) return undefined;
  const choice = chooseNode(pod, world);
  const name = nameOf(pod);
  if ('node' in choice) {
    if (!readyClaims(stage, pod, world.store.get(nodes, '', choice.node)) || !bind(stage, pod, choice.node)) return undefined;
    recorder.schedule(pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${choice.node}`);
    return world.store.get(pods, namespace, name);
  }
  const { why: message, preempts } = choice;
  const conditions = asList(dig(pod, 'status', 'conditions'));
  if (message === '' || (preempts === undefined && conditions.some((each) => field(each, 'message') === message))) return undefined;
  recorder.schedule(pod, 'Warning', 'FailedScheduling', message);
  const waits = {
    ...condition('PodScheduled', false, timestamp(world.clock.now())),
    reason: 'Unschedulable',
    message,
    observedGeneration: generationOf(pod),
  };
  const others = conditions.filter((each) => field(each, 'type') !== 'PodScheduled');
  const told = { ...pod, status: { ...asObject(pod.status), conditions: [...others, waits] } };
  world.store.put(pods, namespace, name, preempts === undefined ? told : nominated(told, preempts));
  if (preempts !== undefined) preemptFor(stage, pod, preempts);
  return undefined;
}

function generationOf(pod: JsonObject): Json {
  return dig(pod, 'metadata', 'generation') ?? 1;
}

function condition(type: string, is: boolean, now: string): JsonObject {
  return { type, status: is ? 'True' : 'False', lastTransitionTime: now, lastProbeTime: null };
}

function running(pod: JsonObject, node: JsonObject, succeeds: boolean, address: () => string, now: string): JsonObject {
  const hostIP = hostOf(node);
  const ended = { terminated: { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now } };
  const runs = { running: { startedAt: now } };
  const gates = asList(dig(pod, 'spec', 'readinessGates')).flatMap((each) => asString(field(each, 'conditionType')) ?? []);
  const ready = ['Initialized', 'Ready', 'ContainersReady', ...gates, 'PodScheduled'];
  const init = asList(dig(pod, 'spec', 'initContainers')).map((each) =>
    field(each, 'restartPolicy') === 'Always'
      ? { ...containerStatus(each, runs, true), started: true }
      : containerStatus(each, ended, true),
  );
  const containers = asList(dig(pod, 'spec', 'containers'));
  const ip = asString(dig(pod, 'status', 'podIP')) ?? (dig(pod, 'spec', 'hostNetwork') === true ? hostIP : address());
  return {
    phase: succeeds ? 'Succeeded' : 'Running',
    conditions: ready.map((type) => condition(type, !(succeeds && type === 'Ready'), now)),
    ...(hostIP === undefined ? {} : { hostIP, hostIPs: [{ ip: hostIP }] }),
    ...(ip === undefined ? {} : { podIP: ip, podIPs: [{ ip }] }),
    startTime: now,
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: succeeds
      ? containers.map((each) => ({ ...containerStatus(each, ended, false), started: false }))
      : containers.map((each) => containerStatus(each, runs, true)),
  };
}

function hostOf(node: JsonObject): string | undefined {
  const found = asList(dig(node, 'status', 'addresses')).find((each) => field(each, 'type') === 'InternalIP');
  return asString(field(found, 'address'));
}

function containerStatus(container: Json, state: Json, ready: boolean): JsonObject {
  const [name, image] = [asString(field(container, 'name')) ?? '', asString(field(container, 'image')) ?? ''];
  return { name, image, imageID: '', lastState: {}, ready, restartCount: 0, state };
}
