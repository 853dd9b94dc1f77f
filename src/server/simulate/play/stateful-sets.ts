// StatefulSets, played: their pods one after the other, or all at once, each with its claims; a new template replaces as many as the partition and
// availability allow (pkg/controller/statefulset, 1.36).

import { isGoing, nameOf } from '../../../kube/metadata.ts';
import { asNumber, asObject, asString, dig, type JsonObject } from '../../../lib/json.ts';
import { revisionHash, revisionName, templatePatch } from '../../../request/template-hash/hash.ts';
import { bounded } from './bursts.ts';
import { forgetRevisions, keepRevision, revisionLabel, revisionOf, revisions } from './revisions.ts';
import { makeClaims, ownClaims, volumesWithClaims } from './set-claims.ts';
import {
  claimOwned,
  counts,
  dropPod,
  isAvailable,
  isReady,
  keep,
  makePod,
  minReadySeconds,
  ownedBy,
  pods,
  type Stage,
  wantedOf,
} from './stage.ts';

const statefulSets = { group: 'apps', resource: 'statefulsets' };

export function playStatefulSet(stage: Stage, set: JsonObject): void {
  claimOwned(stage, pods, set, (pod) => ordinalOf(set, nameOf(pod)) !== undefined);
  const update = revisionName(nameOf(set), revisionHash(templatePatch(set)));
  keepRevision(stage, set, 'statefulset-controller', update);
  const told = asString(dig(set, 'status', 'currentRevision')) ?? update;
  const old = stage.world.store.get(revisions, stage.namespace, told);
  const current = old === undefined ? update : told;
  const strategy = asObject(dig(set, 'spec', 'updateStrategy'));
  const partition = asNumber(dig(strategy, 'rollingUpdate', 'partition')) ?? 0;
  const start = asNumber(dig(set, 'spec', 'ordinals', 'start')) ?? 0;
  const wanted: Span = { from: start, to: start + wantedOf(set) };
  const most: Span = { from: start, to: start + bounded(stage.recorder, 'statefulset-controller', set, wantedOf(set)) };
  const versionOf = (index: number) =>
    strategy.type === 'RollingUpdate' && index < partition ? { revision: current, old } : { revision: update };
  if (fill(stage, set, most, versionOf))
    if (!shrink(stage, set, wanted) && strategy.type !== 'OnDelete') renew(stage, set, wanted, partition, update);
  report(stage, set, wantedOf(set), current, update, strategy.type === 'OnDelete');
  forgetRevisions(stage, set, new Set([current, update]));
}

function report(stage: Stage, set: JsonObject, wanted: number, current: string, update: string, isOnDelete: boolean): void {
  const found = ownedBy(stage, pods, set).filter((pod) => ordinalOf(set, nameOf(pod)) !== undefined);
  const ready = found.filter(isReady).length;
  const updated = found.filter((pod) => revisionOf(pod) === update).length;
  const isDone = !isOnDelete && [updated, ready, found.length].every((count) => count === wanted);
  keep(stage, statefulSets, set, {
    observedGeneration: dig(set, 'metadata', 'generation') ?? 1,
    replicas: found.length,
    ...counts({
      readyReplicas: ready,
      currentReplicas: isDone ? updated : found.filter((pod) => revisionOf(pod) === current).length,
      updatedReplicas: updated,
    }),
    availableReplicas: found.filter((pod) => isAvailable(stage, pod, minReadySeconds(set))).length,
    currentRevision: isDone ? update : current,
    updateRevision: update,
    collisionCount: 0,
  });
}

/** Ordinals that are wanted: those from the first on, before the last. */
interface Span {
  readonly from: number;
  readonly to: number;
}

function ordinalOf(set: JsonObject, pod: string): number | undefined {
  const rest = pod.startsWith(`${nameOf(set)}-`) ? pod.slice(nameOf(set).length + 1) : '';
  return /^[0-9]{1,9}$/.test(rest) ? Number(rest) : undefined;
}

function isParallel(set: JsonObject): boolean {
  return dig(set, 'spec', 'podManagementPolicy') === 'Parallel';
}

interface Version {
  readonly revision: string;
  /** The revision whose template it is, where that is not the set's own. */
  readonly old?: JsonObject | undefined;
}

/** Makes pods that are missing, one after the other is available unless they may come all at once; true where nothing has to be waited for. */
function fill(stage: Stage, set: JsonObject, { from, to }: Span, versionOf: (index: number) => Version): boolean {
  for (let ordinal = from; ordinal < to; ordinal++) {
    const name = `${nameOf(set)}-${ordinal}`;
    const there = stage.world.store.get(pods, stage.namespace, name);
    if (there !== undefined) {
      if (['Succeeded', 'Failed'].includes(asString(dig(there, 'status', 'phase')) ?? '')) {
        if (!isGoing(there)) dropPod(stage, 'statefulset-controller', set, there);
        return false;
      }
      if (dig(there, 'status', 'phase') === 'Pending') makeClaims(stage, set, name);
      if (!isParallel(set) && (isGoing(there) || !isAvailable(stage, there, minReadySeconds(set)))) return false;
      ownClaims(stage, set, name, false);
      continue;
    }
    if (!stage.burst.take() || !makeClaims(stage, set, name)) return false;
    const { revision, old } = versionOf(ordinal - from);
    const labels = {
      'apps.kubernetes.io/pod-index': String(ordinal),
      [revisionLabel]: revision,
      'statefulset.kubernetes.io/pod-name': name,
    };
    const subdomain = asString(dig(set, 'spec', 'serviceName')) ?? '';
    const template = dig(old, 'data', 'spec', 'template') ?? dig(set, 'spec', 'template');
    const volumes = [...volumesWithClaims(set, name, dig(template, 'spec', 'volumes'))];
    const spec = { hostname: name, ...(subdomain === '' ? {} : { subdomain }), ...(volumes.length === 0 ? {} : { volumes }) };
    const metadata = { name, generateName: `${nameOf(set)}-`, labels };
    const why = makePod(stage, 'statefulset-controller', set, metadata, spec, template);
    if (why === undefined) ownClaims(stage, set, name, false);
    if (why !== undefined || !isParallel(set)) return false;
  }
  return true;
}

/** Takes away pods beyond those that are wanted, the last one first; true where there were some. */
function shrink(stage: Stage, set: JsonObject, { from, to }: Span): boolean {
  const isExtra = (at: number | undefined) => at !== undefined && (at < from || at >= to);
  const ordinal = (pod: JsonObject) => ordinalOf(set, nameOf(pod)) ?? 0;
  const extra = ownedBy(stage, pods, set)
    .filter((pod) => isExtra(ordinalOf(set, nameOf(pod))))
    .sort((a, b) => ordinal(b) - ordinal(a));
  for (const pod of extra) ownClaims(stage, set, nameOf(pod), true);
  const going = stage.world.store.list(pods, stage.namespace).some((pod) => isGoing(pod) && isExtra(ordinalOf(set, nameOf(pod))));
  if (isParallel(set))
    for (const pod of extra) {
      if (!stage.burst.take()) break;
      dropPod(stage, 'statefulset-controller', set, pod);
    }
  else if (extra[0] !== undefined && !going) dropPod(stage, 'statefulset-controller', set, extra[0]);
  return extra.length > 0 || (going && !isParallel(set));
}

/** Takes away the last pod that is not of the new revision, once those after it are available. That more may be missing is not on by default. */
function renew(stage: Stage, set: JsonObject, { from, to }: Span, partition: number, revision: string): void {
  for (let ordinal = to - 1; ordinal >= from + partition; ordinal--) {
    const pod = stage.world.store.get(pods, stage.namespace, `${nameOf(set)}-${ordinal}`);
    if (pod === undefined || isGoing(pod)) return;
    if (revisionOf(pod) !== revision) {
      dropPod(stage, 'statefulset-controller', set, pod);
      return;
    }
    if (!isAvailable(stage, pod, minReadySeconds(set))) return;
  }
}
