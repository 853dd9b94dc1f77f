// StatefulSets and DaemonSets, played: their pods one after the other or one a node, and the revisions that `kubectl rollout` looks at. A new
// template replaces all pods at once; claims are not made.

import { asNumber, asObject, asString, dig, type JsonObject } from '../../../lib/json.ts';
import { daemonNodes, daemonTolerations } from '../../../request/scheduling/daemons.ts';
import { revisionHash, revisionName, templatePatch } from '../../../request/template-hash/hash.ts';
import {
  counts,
  dropPod,
  hashOf,
  isReady,
  keep,
  make,
  makePod,
  nameOf,
  ownedBy,
  ownerReference,
  pods,
  type Stage,
  wantedOf,
} from './stage.ts';

const revisions = { group: 'apps', resource: 'controllerrevisions' };

/** What a set was like, for `kubectl rollout history` and `undo`: a new revision, or an old one that is the newest again. */
function keepRevision(stage: Stage, set: JsonObject, controller: string, name: string, hash = name): void {
  const { store } = stage.world;
  const known = ownedBy(stage, revisions, set);
  const numberOf = (each: JsonObject) => asNumber(each.revision) ?? 0;
  const latest = Math.max(0, ...known.map(numberOf));
  const now = store.get(revisions, stage.namespace, name);
  if (now !== undefined && numberOf(now) < latest) store.put(revisions, stage.namespace, name, { ...now, revision: latest + 1 });
  if (now !== undefined) return;
  const label = controller === 'daemon-set-controller' ? 'controller-revision-hash' : 'controller.kubernetes.io/hash';
  const { annotations } = asObject(set.metadata);
  const labels = { ...asObject(dig(set, 'spec', 'template', 'metadata', 'labels')), [label]: hash.slice(hash.lastIndexOf('-') + 1) };
  make(stage, controller, 'apps/v1', 'controllerrevisions', {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name, labels, ...(annotations === undefined ? {} : { annotations }), ownerReferences: [ownerReference(set)] },
    data: templatePatch(set),
    revision: latest + 1,
  });
}

export function playStatefulSet(stage: Stage, set: JsonObject): void {
  const resource = { group: 'apps', resource: 'statefulsets' };
  const revision = revisionName(nameOf(set), revisionHash(templatePatch(set)));
  keepRevision(stage, set, 'statefulset-controller', revision);
  const wanted = wantedOf(set);
  const start = asNumber(dig(set, 'spec', 'ordinals', 'start')) ?? 0;
  const names = new Set(Array.from({ length: wanted }, (_, index) => `${nameOf(set)}-${start + index}`));
  const isOf = (pod: JsonObject) => dig(pod, 'metadata', 'labels', 'controller-revision-hash') === revision;
  for (const pod of ownedBy(stage, pods, set))
    if (!names.has(nameOf(pod)) || !isOf(pod)) dropPod(stage, 'statefulset-controller', set, pod);
  for (const [index, name] of [...names].entries()) {
    if (stage.world.store.get(pods, stage.namespace, name) !== undefined) continue;
    const labels = {
      'apps.kubernetes.io/pod-index': String(start + index),
      'controller-revision-hash': revision,
      'statefulset.kubernetes.io/pod-name': name,
    };
    const subdomain = asString(dig(set, 'spec', 'serviceName')) ?? '';
    const spec = { hostname: name, ...(subdomain === '' ? {} : { subdomain }) };
    if (!makePod(stage, 'statefulset-controller', set, { name, generateName: `${nameOf(set)}-`, labels }, spec)) break;
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
  keepRevision(stage, set, 'daemon-set-controller', revisionName(nameOf(set), revision), revision);
  const spec = asObject(dig(template, 'spec'));
  const nodes = new Set(daemonNodes(template, store));
  const taken = new Set<string>();
  for (const pod of ownedBy(stage, pods, set)) {
    const node = asString(dig(pod, 'spec', 'nodeName')) ?? nodeMeant(pod);
    const isOld = dig(pod, 'metadata', 'labels', 'controller-revision-hash') !== revision;
    if (isOld || taken.has(node) || !nodes.has(node)) dropPod(stage, 'daemonset-controller', set, pod);
    else taken.add(node);
  }
  for (const node of nodes) {
    if (taken.has(node)) continue;
    const generation = asString(dig(set, 'metadata', 'annotations', 'deprecated.daemonset.template.generation')) ?? '1';
    const labels = { 'controller-revision-hash': revision, 'pod-template-generation': generation };
    const placed = { tolerations: daemonTolerations(spec), affinity: onlyOn(node, asObject(spec.affinity)) };
    if (!makePod(stage, 'daemon-set-controller', set, { generateName: `${nameOf(set)}-`, labels }, placed)) break;
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

function nodeMeant(pod: JsonObject): string {
  const path = ['requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms', 0, 'matchFields', 0, 'values', 0] as const;
  return asString(dig(pod, 'spec', 'affinity', 'nodeAffinity', ...path)) ?? '';
}

/** The scheduler puts the pod there: that is how a DaemonSet says which node it means. */
function onlyOn(node: string, affinity: JsonObject): JsonObject {
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return { ...affinity, nodeAffinity: { ...asObject(affinity.nodeAffinity), ...required } };
}
