// Deployments, played step by step as their controller takes them: a ReplicaSet for a new template, scaled up as far as surge lets it and the old
// ones down as far as availability lets them, until all is new, or it is not in time (pkg/controller/deployment, 1.36).

import { nameOf } from '../../../kube/metadata.ts';
import { asNumber, asObject, dig, type Json, type JsonObject, sameJson, stringMap } from '../../../lib/json.ts';
import { note, notes, report, revisionOf, type Sets } from './deployment-status.ts';
import { newReplicas, type Rollout, rolloutOf, scaledDown, shared } from './rollout.ts';
import { claimOwned, hashOf, keep, make, minReadySeconds, ownedBy, ownerReference, replicaSets, type Stage, wantedOf } from './stage.ts';

const hashLabel = 'pod-template-hash';
/** What a ReplicaSet does not take over from its Deployment. */
const ownNotes: ReadonlySet<string> = new Set([
  ...Object.values(notes),
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
]);

/** The template without the label that says which ReplicaSet it is of. */
function plainTemplate(object: JsonObject): Json {
  const template = asObject(dig(object, 'spec', 'template'));
  const metadata = asObject(template.metadata);
  const { [hashLabel]: _hash, ...labels } = asObject(metadata.labels);
  return { ...template, metadata: { ...metadata, labels } };
}

/** One step; `settle` lets what it changed take effect. The next step is taken when that is seen. */
export function playDeployment(stage: Stage, deployment: JsonObject): void {
  claimOwned(stage, replicaSets, deployment);
  const isPaused = dig(deployment, 'spec', 'paused') === true;
  const sets = setsOf(stage, deployment, !isPaused && !isResized(stage, deployment));
  const { newest, old } = sets;
  const all = newest === undefined ? old : [...old, newest];
  const rollout = rolloutOf(deployment);
  if (isPaused || isResized(stage, deployment)) resize(stage, deployment, sets, rollout);
  else if (newest !== undefined && rollout.strategy === 'Recreate') {
    const left = old.filter((each) => wantedOf(each) > 0);
    if (left.length > 0) for (const each of left) scale(stage, deployment, each, 0);
    else if (old.every((each) => (asNumber(dig(each, 'status', 'replicas')) ?? 0) === 0))
      scale(stage, deployment, newest, rollout.replicas);
  } else if (newest !== undefined && !scale(stage, deployment, newest, newReplicas(rollout, all.map(wantedOf), wantedOf(newest))))
    for (const [set, size] of scaledDown(rollout, newest, old)) scale(stage, deployment, set, size);
  if (newest !== undefined && isComplete(deployment)) forget(stage, deployment, old);
  report(stage, deployment, setsOf(stage, deployment, false), rollout, isPaused);
}

/** The ReplicaSets; the newest is made where it is asked for and missing, and bears the newest revision. */
function setsOf(stage: Stage, deployment: JsonObject, mayMake: boolean): Sets {
  const template = plainTemplate(deployment);
  const all = [...ownedBy(stage, replicaSets, deployment)].sort((a, b) => revisionOf(a) - revisionOf(b));
  const found = all.find((each) => sameJson(plainTemplate(each), template));
  const old = all.filter((each) => each !== found);
  const revision = Math.max(0, ...old.map(revisionOf)) + 1;
  if (found === undefined) return { newest: mayMake ? makeReplicaSet(stage, deployment, template, revision, old) : undefined, old };
  return { newest: mayMake ? renewed(stage, deployment, found, revision) : found, old };
}

/** A set that is the newest again, or whose Deployment says something else about itself. */
function renewed(stage: Stage, deployment: JsonObject, set: JsonObject, revision: number): JsonObject {
  const before = stringMap(dig(set, 'metadata', 'annotations'));
  const was = revisionOf(set);
  const history = [...(before[notes.history] ?? '').split(','), String(was)].filter((each) => each !== '' && each !== '0');
  const moved = was < revision ? { [notes.revision]: String(revision), ...(was === 0 ? {} : { [notes.history]: history.join(',') }) } : {};
  const annotations = { ...before, ...inherited(deployment), ...moved };
  const seconds = minReadySeconds(deployment);
  const isSlower = seconds !== minReadySeconds(set);
  if (sameJson(annotations, before) && !isSlower) return set;
  const generation = (asNumber(dig(set, 'metadata', 'generation')) ?? 1) + (isSlower ? 1 : 0);
  const { minReadySeconds: _seconds, ...spec } = asObject(set.spec);
  const changed = {
    ...set,
    metadata: { ...asObject(set.metadata), generation, annotations },
    spec: seconds === 0 ? spec : { ...spec, minReadySeconds: seconds },
  };
  stage.world.store.put(replicaSets, stage.namespace, nameOf(set), changed);
  return changed;
}

function makeReplicaSet(
  stage: Stage,
  deployment: JsonObject,
  template: Json,
  revision: number,
  old: readonly JsonObject[],
): JsonObject | undefined {
  const plain = asObject(template);
  const metadata = asObject(plain.metadata);
  const selector = asObject(dig(deployment, 'spec', 'selector'));
  const rollout = rolloutOf(deployment);
  const replicas = newReplicas(rollout, old.map(wantedOf), 0);
  const seconds = minReadySeconds(deployment);
  const annotations = { ...inherited(deployment), ...sizes(rollout), [notes.revision]: String(revision) };
  for (let collisions: number | undefined; (collisions ?? 0) < mostCollisions; collisions = (collisions ?? 0) + 1) {
    const hash = hashOf(dig(deployment, 'spec', 'template'), stage.world.release.minor, collisions);
    const name = `${nameOf(deployment)}-${hash}`;
    if (stage.world.store.get(replicaSets, stage.namespace, name) !== undefined) continue;
    const labels = { ...asObject(metadata.labels), [hashLabel]: hash };
    const made = make(stage, 'deployment-controller', 'apps/v1', 'replicasets', {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name, labels, annotations, ownerReferences: [ownerReference(deployment)] },
      spec: {
        replicas,
        ...(seconds === 0 ? {} : { minReadySeconds: seconds }),
        selector: { ...selector, matchLabels: { ...asObject(selector.matchLabels), [hashLabel]: hash } },
        template: { ...plain, metadata: { ...metadata, labels } },
      },
    });
    if ('why' in made) return undefined;
    if (replicas > 0) tell(stage, deployment, 'up', name, 0, replicas);
    return stage.world.store.get(replicaSets, stage.namespace, name);
  }
  return undefined;
}

const mostCollisions = 8;

function inherited(deployment: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(stringMap(dig(deployment, 'metadata', 'annotations'))).filter(([key]) => !ownNotes.has(key)));
}

function sizes({ replicas, surge }: Rollout): JsonObject {
  return { [notes.desired]: String(replicas), [notes.most]: String(replicas + surge) };
}

function tell({ recorder }: Stage, deployment: JsonObject, way: 'up' | 'down', name: string, from: number, to: number): void {
  const message = `Scaled ${way} replica set ${name} from ${from} to ${to}`;
  recorder.note(deployment, { component: 'deployment-controller', type: 'Normal', reason: 'ScalingReplicaSet', message });
}

/** True where that is a change. */
function scale(stage: Stage, deployment: JsonObject, set: JsonObject, replicas: number): boolean {
  const before = wantedOf(set);
  if (before === replicas) return false;
  const metadata = asObject(set.metadata);
  const annotations = { ...asObject(metadata.annotations), ...sizes(rolloutOf(deployment)) };
  const generation = (asNumber(metadata.generation) ?? 1) + 1;
  const changed = { ...set, metadata: { ...metadata, generation, annotations }, spec: { ...asObject(set.spec), replicas } };
  stage.world.store.put(replicaSets, stage.namespace, nameOf(set), changed);
  tell(stage, deployment, before < replicas ? 'up' : 'down', nameOf(set), before, replicas);
  return true;
}

/** Whether the Deployment was given another size since its sets were. */
function isResized(stage: Stage, deployment: JsonObject): boolean {
  const wanted = String(wantedOf(deployment));
  const active = ownedBy(stage, replicaSets, deployment).filter((each) => wantedOf(each) > 0);
  return active.some((each) => !['', wanted].includes(note(each, notes.desired)));
}

function resize(stage: Stage, deployment: JsonObject, { newest, old }: Sets, rollout: Rollout): void {
  const all = newest === undefined ? old : [...old, newest];
  const active = all.filter((each) => wantedOf(each) > 0);
  const one = active.length === 0 ? (newest ?? old.at(-1)) : active.length === 1 ? active[0] : undefined;
  if (one !== undefined) scale(stage, deployment, one, rollout.replicas);
  else if (newest !== undefined && isSaturated(deployment, newest)) for (const each of old) scale(stage, deployment, each, 0);
  else if (rollout.strategy === 'RollingUpdate')
    for (const [set, size] of shared(rollout, active, maximumOf, asNumber(dig(deployment, 'status', 'replicas')) ?? 0))
      if (!scale(stage, deployment, set, size)) annotate(stage, deployment, set);
}

function maximumOf(set: JsonObject): number {
  return Number(note(set, notes.most)) || 0;
}

/** Says on a set how large the Deployment is, which is how a new size is seen. */
function annotate(stage: Stage, deployment: JsonObject, set: JsonObject): void {
  keep(stage, replicaSets, set, asObject(set.status), sizes(rolloutOf(deployment)));
}

function isSaturated(deployment: JsonObject, newest: JsonObject): boolean {
  const wanted = wantedOf(deployment);
  const available = asNumber(dig(newest, 'status', 'availableReplicas')) ?? 0;
  return wantedOf(newest) === wanted && Number(note(newest, notes.desired)) === wanted && available === wanted;
}

function isComplete(deployment: JsonObject): boolean {
  const count = (key: string) => asNumber(dig(deployment, 'status', key)) ?? 0;
  const wanted = wantedOf(deployment);
  return ['updatedReplicas', 'replicas', 'availableReplicas'].every((key) => count(key) === wanted);
}

/** Sets beyond the history that is kept. */
function forget(stage: Stage, deployment: JsonObject, old: readonly JsonObject[]): void {
  const limit = asNumber(dig(deployment, 'spec', 'revisionHistoryLimit'));
  if (limit === undefined) return;
  const empty = old.filter((each) => wantedOf(each) === 0 && (asNumber(dig(each, 'status', 'replicas')) ?? 0) === 0);
  for (const each of empty.slice(0, Math.max(0, old.length - limit))) stage.world.store.remove(replicaSets, stage.namespace, nameOf(each));
}
