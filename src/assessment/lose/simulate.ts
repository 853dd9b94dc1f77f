// What is left when a node, a zone or a volume is gone: pods of each workload, Services without a pod, disruption budgets that hold
// drains up, volumes that are bound to what was lost. Pods can come back where another node may take them and their volumes follow.
// Affinity between pods, taints, extended resources and the time a detach takes are left out; room is compared by sums of requests.

import { subjectOf } from '../../controls/findings.ts';
import { mapSelects } from '../../kube/label-selector.ts';
import { asNumber, asString, dig, field, stringMap } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { backupOf, type Claim, claimsOf, claimsOfWorkload, volumeOf } from '../backups.ts';
import { labels, nodesOf } from '../nodes.ts';
import { written } from '../words.ts';
import type { BudgetLoss, ClaimLoss, Fate, Loss, LossReport, ServiceLoss, WorkloadLoss } from './loss.ts';
import { amounts, type PlacedPod, placement, sum } from './placed.ts';

/** What losing something does. Fails where the snapshot has nothing of that name. */
export function simulate(snapshot: Snapshot, loss: Loss): Result<LossReport, Problem> {
  if (loss.kind === 'pvc') return loseClaim(snapshot, loss);
  const nodes = lostNodes(snapshot, loss);
  if (nodes.size === 0) return failure(absent(snapshot, loss));
  return ok(loseNodes(snapshot, loss, nodes));
}

function lostNodes(snapshot: Snapshot, loss: Loss): ReadonlySet<string> {
  const { zones } = placement(snapshot);
  const names = nodesOf(snapshot).map(({ name }) => name);
  return new Set(
    names.filter((name) => (loss.kind === 'zone' ? zones.get(name) === loss.name : loss.kind === 'node' && name === loss.name)),
  );
}

function absent(snapshot: Snapshot, loss: Loss): Problem {
  const nodes = nodesOf(snapshot);
  if (nodes.length === 0)
    return problem(
      'usage/bad-flag',
      'no node was read: which pod runs where is known of a cluster (-A) or a saved snapshot, not of manifests',
    );
  const known = loss.kind === 'zone' ? [...new Set(placement(snapshot).zones.values())] : nodes.map(({ name }) => name);
  const list =
    known.length === 0 ? 'no node names its zone' : `there are ${known.sort().slice(0, 8).join(', ')}${known.length > 8 ? ', …' : ''}`;
  return problem('usage/bad-flag', `there is no ${loss.kind} ${loss.name}; ${list}`);
}

function loseNodes(snapshot: Snapshot, loss: Loss, nodes: ReadonlySet<string>): LossReport {
  const { byNode, byWorkload } = placement(snapshot);
  const gone = new Set([...nodes].flatMap((node) => byNode.get(node) ?? []));
  const remaining = nodesOf(snapshot).filter(({ name, object }) => !nodes.has(name) && dig(object, 'spec', 'unschedulable') !== true);
  const touched = new Set([...gone].map(({ workload }) => workload));
  const claims = new Map<string, ClaimLoss>();
  const workloads: WorkloadLoss[] = [];
  for (const workload of touched) {
    const own = byWorkload.get(workload) ?? [];
    const left = own.filter((one) => !gone.has(one)).length;
    const stuck = whyStuck(
      snapshot,
      workload,
      own.filter((one) => gone.has(one)),
      remaining,
      claims,
    );
    workloads.push({ subject: subjectOf(workload, undefined), before: own.length, left, ...fateOf(workload, left, stuck) });
  }
  const fits = hasRoom(snapshot, nodes, remaining);
  return {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'LossReport',
    lost: loss,
    nodes: [...nodes].sort(),
    workloads: workloads.sort(byFate),
    services: servicesWithout(snapshot, gone),
    budgets: budgetsBelow(snapshot, gone),
    claims: [...claims.values()],
    ...(fits === undefined ? {} : { room: fits }),
    notes: remaining.length === 0 ? ['no node is left that takes pods'] : [],
  };
}

const fates: readonly Fate[] = ['lost', 'interrupted', 'degraded', 'kept'];

function byFate(a: WorkloadLoss, b: WorkloadLoss): number {
  return fates.indexOf(a.fate) - fates.indexOf(b.fate) || (subjectKey(a) < subjectKey(b) ? -1 : 1);
}

function subjectKey({ subject }: WorkloadLoss): string {
  return `${subject.namespace}/${subject.kind}/${subject.name}`;
}

function fateOf(workload: Resource, left: number, stuck: string | undefined): { readonly fate: Fate; readonly reason: string } {
  const naked = workload.kind === 'Pod';
  if (left > 0)
    return { fate: 'degraded', reason: stuck === undefined ? 'the rest goes on until new pods are up' : `the rest goes on; ${stuck}` };
  if (naked) return { fate: 'lost', reason: 'no controller makes the pod again' };
  if (stuck !== undefined) return { fate: 'lost', reason: stuck };
  return { fate: 'interrupted', reason: 'down until its pods have moved to another node' };
}

/** Why the pods that are gone cannot run elsewhere; undefined where they can. */
function whyStuck(
  snapshot: Snapshot,
  workload: Resource,
  gone: readonly PlacedPod[],
  remaining: readonly Resource[],
  claims: Map<string, ClaimLoss>,
): string | undefined {
  let why: string | undefined;
  for (const claim of claimsOfWorkload(snapshot, workload)) {
    if (claim.volume !== undefined && !gone.some(({ pod }) => mounts(pod.volumes, claim.name))) continue;
    const fate = claimFate(snapshot, claim, remaining);
    if (fate === undefined) continue;
    claims.set(`${claim.namespace}/${claim.name}`, fate);
    if (fate.fate !== 'moves') why ??= `its volume ${claim.name} ${fate.reason}`;
  }
  if (why !== undefined) return why;
  const pod = gone[0]?.pod;
  const selector = stringMap(pod?.spec.nodeSelector);
  if (remaining.length === 0) return 'no node is left that takes pods';
  if (Object.keys(selector).length > 0 && !remaining.some((node) => mapSelects(pod?.spec.nodeSelector, labels(node))))
    return 'no node that is left bears the labels its nodeSelector asks for';
  return undefined;
}

function mounts(volumes: PlacedPod['pod']['volumes'], claim: string): boolean {
  return volumes.some(({ spec }) => dig(spec, 'persistentVolumeClaim', 'claimName') === claim);
}

function claimFate(snapshot: Snapshot, claim: Claim, remaining: readonly Resource[]): ClaimLoss | undefined {
  const volume = volumeOf(snapshot, claim);
  if (volume === undefined) return undefined;
  const backup = backupOf(snapshot, claim);
  const base = { namespace: claim.namespace, name: claim.name, ...(backup === undefined ? {} : { backup }) };
  const { zones, nodes, resource } = volume;
  const isLocal = dig(resource.object, 'spec', 'local') !== undefined || dig(resource.object, 'spec', 'hostPath') !== undefined;
  if (isLocal || nodes.length > 0) {
    if (
      remaining.some(
        ({ name, object }) =>
          nodes.includes(name) || nodes.includes(asString(dig(object, 'metadata', 'labels', 'kubernetes.io/hostname')) ?? ''),
      )
    )
      return { ...base, fate: 'moves', reason: 'is reached from another node' };
    return { ...base, fate: 'lost', reason: 'lies on the disk of the node that is lost' };
  }
  if (zones.length > 0 && !remaining.some((node) => zones.includes(labels(node)['topology.kubernetes.io/zone'] ?? '')))
    return { ...base, fate: 'unreachable', reason: `lies in zone ${zones.join(', ')}, where no node is left` };
  return { ...base, fate: 'moves', reason: 'follows its pod' };
}

function servicesWithout(snapshot: Snapshot, gone: ReadonlySet<PlacedPod>): readonly ServiceLoss[] {
  return placement(snapshot).services.flatMap(({ resource: { namespace, name }, ready }): readonly ServiceLoss[] =>
    ready.length > 0 && ready.every((one) => gone.has(one)) ? [{ namespace, name, before: ready.length, left: 0 }] : [],
  );
}

function budgetsBelow(snapshot: Snapshot, gone: ReadonlySet<PlacedPod>): readonly BudgetLoss[] {
  return placement(snapshot).budgets.flatMap(({ resource, pods }): readonly BudgetLoss[] => {
    const left = pods.filter((one) => !gone.has(one)).length;
    const wanted = asNumber(dig(resource.object, 'status', 'desiredHealthy')) ?? promised(resource, pods.length);
    return left < pods.length && left < wanted ? [{ namespace: resource.namespace, name: resource.name, wanted, left }] : [];
  });
}

/** What a budget promises of so many pods; shares are rounded up as the disruption controller does. */
function promised(budget: Resource, pods: number): number {
  const spec = field(budget.object, 'spec');
  const [least, most] = [field(spec, 'minAvailable'), field(spec, 'maxUnavailable')];
  if (least !== undefined) return portion(least, pods);
  return most === undefined ? 0 : Math.max(0, pods - portion(most, pods));
}

function portion(value: unknown, of: number): number {
  const share = /^(\d{1,3})%$/.exec(asString(value) ?? '')?.[1];
  return share === undefined ? (asNumber(value) ?? 0) : Math.ceil((Number(share) * of) / 100);
}

/** Whether the nodes that are left hold what ran on them and on those that are lost, by what pods request. */
function hasRoom(snapshot: Snapshot, lost: ReadonlySet<string>, remaining: readonly Resource[]): boolean | undefined {
  if (remaining.length > 0 && remaining.every(({ object }) => dig(object, 'status', 'allocatable') === undefined)) return undefined;
  const { requests } = placement(snapshot);
  const needed = sum([...lost, ...remaining.map(({ name }) => name)].flatMap((name) => requests.get(name) ?? []));
  const have = sum(remaining.map(({ object }) => amounts(dig(object, 'status', 'allocatable'))));
  return needed.cpu <= have.cpu && needed.memory <= have.memory;
}

function loseClaim(snapshot: Snapshot, loss: Extract<Loss, { kind: 'pvc' }>): Result<LossReport, Problem> {
  const claim = claimsOf(snapshot).find(
    ({ namespace, name }) => namespace === loss.namespace && (name === loss.name || name.startsWith(`${loss.name} of `)),
  );
  if (claim === undefined) {
    const known = claimsOf(snapshot).map(({ namespace, name }) => `${namespace}/${name}`);
    return failure(
      problem(
        'usage/bad-flag',
        `there is no volume claim ${loss.namespace}/${loss.name}; ${known.length === 0 ? 'nothing asks for a volume' : `there are ${known.slice(0, 8).join(', ')}`}`,
      ),
    );
  }
  const backup = backupOf(snapshot, claim);
  const users = written(snapshot).filter((one) =>
    claimsOfWorkload(snapshot, one).some((own) => own.namespace === claim.namespace && own.name === claim.name),
  );
  const { byWorkload } = placement(snapshot);
  const workloads = users.map((workload): WorkloadLoss => {
    const before = byWorkload.get(workload)?.length ?? asNumber(dig(workload.object, 'spec', 'replicas')) ?? 1;
    const perPod = workload.kind === 'StatefulSet' && /-\d+$/.test(claim.name);
    const left = perPod ? Math.max(0, before - 1) : 0;
    return {
      subject: subjectOf(workload, undefined),
      before,
      left,
      fate: left > 0 ? 'degraded' : 'lost',
      reason:
        left > 0 ? 'other pods have volumes of their own; whether they hold the same data only the application knows' : 'its data is gone',
    };
  });
  const reason = backup === undefined ? 'no backup of it was seen' : `restored from ${backup}: what was written since the last run is lost`;
  return ok({
    apiVersion: 'cofferdam.dev/v1',
    kind: 'LossReport',
    lost: loss,
    nodes: [],
    workloads,
    services: [],
    budgets: [],
    claims: [{ namespace: claim.namespace, name: claim.name, fate: 'lost', ...(backup === undefined ? {} : { backup }), reason }],
    notes: users.length === 0 ? ['no workload that was seen mounts it'] : [],
  });
}
