// Whom a policy can be written for: workloads by labels that stay. A group is what a label selector can pick out of its namespace: as a rule one
// workload; workloads whose pods carry the same labels are one group, since no policy can tell them apart. The owner's own selector is taken
// first, for it never changes; where it would match other pods too, labels that tell them apart are added. Where the pods of one workload differ
// so much that this fails, each kind of them is a group. Labels that change with every roll-out, pod or release are never used.

import { asList, canonicalJson, dig, type JsonObject, stringMap } from '../../lib/json.ts';
import { named } from '../../snapshot/lookup.ts';
import type { Endpoint, Workload } from '../endpoints.ts';
import type { Network } from '../network.ts';

export interface Group {
  readonly namespace: string;
  /** The names of its workloads, `web` or `web-and-2-more`. */
  readonly name: string;
  readonly workloads: readonly Workload[];
  readonly endpoints: readonly Endpoint[];
  /** A label selector as policies write it. */
  readonly selector: JsonObject;
}

export interface Groups {
  /** As a rule one; none for workloads on their host's network, which no policy selects. */
  readonly of: (workload: Workload) => readonly Group[];
  readonly all: readonly Group[];
}

const volatile = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'rollouts-pod-template-hash',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-completion-index',
  'job-name',
  'controller-uid',
]);

/** Labels of releases: they stay only where the owner's selector has them, which cannot change. */
const released = new Set(['helm.sh/chart', 'chart', 'heritage', 'app.kubernetes.io/version', 'app.kubernetes.io/managed-by', 'version']);

/** Groups of all workloads of a network. */
export function groupsOf(network: Network): Groups {
  for (const workload of network.workloads) selectors.set(workload, ownSelector(network, workload));
  const groups = new Map<Workload, Group[]>();
  const all: Group[] = [];
  const selectable = network.workloads.filter(({ endpoints }) => endpoints.some(({ hostNetwork }) => !hostNetwork));
  for (const [namespace, workloads] of Map.groupBy(selectable, (workload) => workload.namespace)) {
    for (const group of inNamespace(namespace, workloads)) {
      all.push(group);
      for (const workload of group.workloads) groups.set(workload, [...(groups.get(workload) ?? []), group]);
    }
  }
  return { of: (workload) => groups.get(workload) ?? [], all };
}

type LabelMap = Readonly<Record<string, string>>;

interface Draft {
  readonly workloads: readonly Workload[];
  readonly endpoints: readonly Endpoint[];
}

function inNamespace(namespace: string, workloads: readonly Workload[]): readonly Group[] {
  let drafts: readonly Draft[] = workloads.map((workload) => ({
    workloads: [workload],
    endpoints: workload.endpoints.filter(({ hostNetwork }) => !hostNetwork),
  }));
  for (;;) {
    const found: Group[] = [];
    let clash: readonly [Draft, Draft] | undefined;
    for (const draft of drafts) {
      const picked = selectorOf(draft, drafts);
      if ('clash' in picked) {
        clash = [draft, picked.clash];
        break;
      }
      found.push({ namespace, name: nameOf(draft.workloads), ...draft, selector: picked.selector });
    }
    if (clash === undefined) return found;
    drafts = apart(drafts, ...clash);
  }
}

/** Drafts that no selector tells apart: each by the labels of its pods, and one where those are the same. */
function apart(drafts: readonly Draft[], a: Draft, b: Draft): readonly Draft[] {
  const parts = [...variants(a), ...variants(b)];
  const merged = [...Map.groupBy(parts, ({ endpoints }) => canonicalJson(common(endpoints))).values()].map(
    (same): Draft => ({
      workloads: [...new Set(same.flatMap(({ workloads }) => workloads))],
      endpoints: same.flatMap(({ endpoints }) => endpoints),
    }),
  );
  return drafts.flatMap((draft) => (draft === a ? merged : draft === b ? [] : [draft]));
}

/** The pods of a draft by their labels. */
function variants({ endpoints }: Draft): readonly Draft[] {
  return [...Map.groupBy(endpoints, (endpoint) => canonicalJson(common([endpoint]))).values()].map((same) => ({
    workloads: [...new Set(same.map(({ workload }) => workload))],
    endpoints: same,
  }));
}

function nameOf(workloads: readonly Workload[]): string {
  const [first, ...rest] = workloads;
  return rest.length === 0 ? (first?.name ?? '') : `${first?.name ?? ''}-and-${rest.length}-more`;
}

/** A selector that matches the pods of one draft and of no other, or a draft that no selector can leave out. */
function selectorOf(draft: Draft, drafts: readonly Draft[]): { readonly selector: JsonObject } | { readonly clash: Draft } {
  const stable = common(draft.endpoints);
  const labels: Record<string, string> = Object.create(null);
  for (const [key, value] of Object.entries(fixedLabels(draft) ?? stable))
    if (Object.hasOwn(stable, key) && stable[key] === value) labels[key] = value;
  if (Object.keys(labels).length === 0) Object.assign(labels, stable);
  const absent = new Set<string>();
  const matched = (endpoint: Endpoint) =>
    Object.entries(labels).every(([key, value]) => labelOf(endpoint.labels, key) === value) &&
    ![...absent].some((key) => labelOf(endpoint.labels, key) !== undefined);
  for (const other of drafts) {
    if (other === draft) continue;
    for (const endpoint of other.endpoints) {
      if (!matched(endpoint)) continue;
      const different = Object.keys(stable)
        .sort()
        .find((key) => labelOf(endpoint.labels, key) !== stable[key]);
      if (different !== undefined) {
        labels[different] = stable[different] ?? '';
        continue;
      }
      const extra = Object.keys(endpoint.labels)
        .filter((key) => isStable(key, endpoint.workload) && draft.endpoints.every((own) => labelOf(own.labels, key) === undefined))
        .sort()[0];
      if (extra === undefined) return { clash: other };
      absent.add(extra);
    }
  }
  const matchLabels = Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    selector: {
      ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
      ...(absent.size === 0 ? {} : { matchExpressions: [...absent].sort().map((key) => ({ key, operator: 'DoesNotExist' })) }),
    },
  };
}

/** The selectors of workloads, which are fixed for their lives. */
const selectors = new WeakMap<Workload, LabelMap | undefined>();

/** What the selector of the one workload of a draft asks for. */
function fixedLabels({ workloads }: Draft): LabelMap | undefined {
  const [workload, ...others] = workloads;
  return workload === undefined || others.length > 0 ? undefined : selectors.get(workload);
}

function ownSelector({ snapshot }: Network, workload: Workload): LabelMap | undefined {
  const group = workload.kind === 'CronJob' || workload.kind === 'Job' ? 'batch' : 'apps';
  const owner = named(snapshot, group, workload.kind, workload.namespace, workload.name)[0];
  const selector = dig(owner?.object, 'spec', 'selector');
  if (asList(dig(selector, 'matchExpressions')).length > 0) return undefined;
  const kept = Object.entries(stringMap(dig(selector, 'matchLabels'))).filter(([key]) => !volatile.has(key));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function common(endpoints: readonly Endpoint[]): LabelMap {
  const [first, ...rest] = endpoints;
  const kept = Object.entries(first?.labels ?? {}).filter(
    ([key, value]) =>
      rest.every(({ labels }) => labelOf(labels, key) === value) && endpoints.every(({ workload }) => isStable(key, workload)),
  );
  return Object.fromEntries(kept);
}

function isStable(key: string, workload: Workload): boolean {
  if (volatile.has(key)) return false;
  return !released.has(key) || Object.hasOwn(selectors.get(workload) ?? {}, key);
}

function labelOf(labels: LabelMap, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
