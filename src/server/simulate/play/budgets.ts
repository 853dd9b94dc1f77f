// Disruption budgets, played: how many pods there are, how many must stay, how many may go (pkg/controller/disruption, 1.36). The pods that are
// expected are as many as their controllers ask for, whatever these are, if they can be scaled.

import { selects } from '../../../kube/label-selector.ts';
import { isGoing, uidOf } from '../../../kube/metadata.ts';
import { asList, asNumber, asObject, asString, dig, field, type Json, type JsonObject, stringMap } from '../../../lib/json.ts';
import type { ServedResource } from '../../../request/read/catalog.ts';
import { selectorDump } from '../../../request/read/table/others.ts';
import { deletable } from '../chores/objects.ts';
import { timestamp } from '../world.ts';
import type { Happening } from './events.ts';
import { conditionOf, isReady, keep, pods, type Stage } from './stage.ts';

const budgets = { group: 'policy', resource: 'poddisruptionbudgets' };
/** How long a pod that was to be evicted is taken as going. */
const evictionTakes = 120_000;

export function playBudget(stage: Stage, budget: JsonObject): void {
  const selector = dig(budget, 'spec', 'selector');
  const found = stage.world.store.list(pods, stage.namespace).filter((pod) => selects(selector, stringMap(dig(pod, 'metadata', 'labels'))));
  const say = (type: Happening['type'], reason: string, message: string) =>
    stage.recorder.once(budget, { component: 'controllermanager', type, reason, message });
  if (found.length === 0) say('Normal', 'NoPods', 'No matching pods found');
  const [least, most] = [dig(budget, 'spec', 'minAvailable'), dig(budget, 'spec', 'maxUnavailable')];
  const counted = typeof least === 'number' ? { expected: found.length, unowned: false } : expectedOf(stage, found);
  if ('why' in counted) {
    say('Warning', 'CalculateExpectedPodCountFailed', `Failed to calculate the number of expected pods: ${counted.why}`);
    const status = asObject(budget.status);
    const observedGeneration = status.observedGeneration;
    const failed = condition(stage, budget, false, 'SyncFailed', counted.why, observedGeneration);
    const none = { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, ...status };
    keep(stage, budgets, budget, { ...none, disruptionsAllowed: 0, conditions: [failed] });
    return;
  }
  const { expected, unowned } = counted;
  if (unowned) {
    const advice = 'To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.';
    const what = 'As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior.';
    const of = `Pods selected by this PodDisruptionBudget (selector: ${selectorDump(selector)})`;
    say('Warning', 'UnmanagedPods', `${of} were found to be unmanaged. ${what} ${advice}`);
  }
  const desired = least === undefined ? Math.max(0, expected - share(most, expected)) : share(least, expected);
  const disrupted = stillGoing(stage, budget, found);
  const isThere = (pod: JsonObject) => !isGoing(pod) && !Object.hasOwn(disrupted, asString(dig(pod, 'metadata', 'name')) ?? '');
  const healthy = found.filter((pod) => isThere(pod) && isReady(pod)).length;
  const allowed = expected > 0 ? Math.max(0, healthy - desired) : 0;
  const observedGeneration = dig(budget, 'metadata', 'generation') ?? 1;
  const is = allowed > 0;
  keep(stage, budgets, budget, {
    observedGeneration,
    ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    conditions: [condition(stage, budget, is, is ? 'SufficientPods' : 'InsufficientPods', '', observedGeneration)],
  });
}

function condition(
  { world }: Stage,
  budget: JsonObject,
  is: boolean,
  reason: string,
  message: string,
  observedGeneration: Json | undefined,
): JsonObject {
  const status = is ? 'True' : 'False';
  const before = conditionOf(budget, 'DisruptionAllowed');
  const since = field(before, 'status') === status ? asString(field(before, 'lastTransitionTime')) : undefined;
  return {
    type: 'DisruptionAllowed',
    status,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    lastTransitionTime: since ?? timestamp(world.clock.now()),
    reason,
    message,
  };
}

/** Pods that an eviction was allowed for and that are not deleted yet. */
function stillGoing({ world }: Stage, budget: JsonObject, found: readonly JsonObject[]): JsonObject {
  const now = world.clock.now();
  const waits = ([name, since]: readonly [string, Json | undefined]) =>
    found.some((pod) => dig(pod, 'metadata', 'name') === name && !isGoing(pod)) && Date.parse(asString(since) ?? '') + evictionTakes > now;
  return Object.fromEntries(Object.entries(asObject(dig(budget, 'status', 'disruptedPods'))).filter(waits));
}

/** A number, or a share of all, rounded up. */
function share(given: Json | undefined, total: number): number {
  if (typeof given === 'number') return given;
  const percent = /^([0-9]+)%$/.exec(typeof given === 'string' ? given : '')?.[1];
  return percent === undefined ? 0 : Math.ceil((total * Number(percent)) / 100);
}

/** What the owners of these pods ask for, each owner once. */
function expectedOf(
  stage: Stage,
  found: readonly JsonObject[],
): { readonly expected: number; readonly unowned: boolean } | { readonly why: string } {
  const sizes = new Map<string, number>();
  let unowned = false;
  for (const pod of found) {
    const owner = controllerOf(pod);
    if (owner === undefined) {
      unowned = true;
      continue;
    }
    const size = sizeOf(stage, owner);
    if ('why' in size)
      return { why: size.why === '' ? `found no controllers for pod ${JSON.stringify(dig(pod, 'metadata', 'name'))}` : size.why };
    sizes.set(size.uid, size.size);
  }
  return { expected: [...sizes.values()].reduce((sum, each) => sum + each, 0), unowned };
}

function controllerOf(object: JsonObject): Json | undefined {
  return asList(dig(object, 'metadata', 'ownerReferences')).find((each) => field(each, 'controller') === true);
}

/** How many pods an owner, or whoever owns it, asks for. */
function sizeOf({ world, namespace }: Stage, reference: Json): { readonly uid: string; readonly size: number } | { readonly why: string } {
  const [, group = ''] = /^(?:(.*)\/)?[^/]*$/.exec(asString(field(reference, 'apiVersion')) ?? '') ?? [];
  const kind = field(reference, 'kind');
  const { namespaced } = deletable(world);
  const served = namespaced.find((each) => each.group === group && each.kind === kind);
  if (served === undefined) return { why: '' };
  const resource = { group, resource: served.resource };
  const object = world.store.get(resource, namespace, asString(field(reference, 'name')) ?? '');
  const of = `${served.resource}.${group}`;
  if (!hasScale(served)) return { why: `${of} does not implement the scale subresource` };
  if (object === undefined || uidOf(object) !== field(reference, 'uid')) return { why: '' };
  const above = kind === 'ReplicaSet' ? controllerOf(object) : undefined;
  const deployment = { group: 'apps', resource: 'deployments' };
  const owner = above === undefined ? undefined : world.store.get(deployment, namespace, asString(field(above, 'name')) ?? '');
  const asked = owner !== undefined && uidOf(owner) === field(above, 'uid') ? owner : object;
  return { uid: uidOf(asked), size: asNumber(dig(asked, 'spec', 'replicas')) ?? 0 };
}

function hasScale({ subresources }: ServedResource): boolean {
  return subresources.some(({ name }) => name === 'scale');
}
