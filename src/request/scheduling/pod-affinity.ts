// InterPodAffinity, as far as it must hold (pkg/scheduler/framework/plugins/interpodaffinity, 1.36): pods that must be near others, must not be,
// and pods that are there and want nobody of this kind near.

import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { labelSelector, matches, type Selector } from '../../kube/selector.ts';
import { dig, type Json, type JsonObject, stringMap, strings } from '../../lib/json.ts';
import type { State } from '../store/state.ts';
import type { Objection, Place, Plugin } from './objection.ts';

interface Term {
  readonly key: string;
  /** Undefined selects nothing. */
  readonly selector: Selector | undefined;
  readonly namespaces: readonly string[];
  /** Undefined: only the namespaces that are named. */
  readonly namespaceSelector: Selector | undefined;
}

interface Being {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

/** How many there are, by `key=value` of a node's label. */
type Domains = ReadonlyMap<string, number>;

interface Counts {
  /** Pods that all terms of the affinity select. */
  readonly near: Domains;
  /** Pods that a term of the anti-affinity selects. */
  readonly far: Domains;
  /** Pods whose own anti-affinity selects the pod. */
  readonly unwelcome: Domains;
}

export function interPodAffinity(pod: Struct, places: readonly Place[], state: State): Plugin {
  const known = new Map<string, Readonly<Record<string, string>>>();
  const labelsOf = (namespace: string) => {
    let labels = known.get(namespace);
    if (labels === undefined) {
      labels = stringMap(dig(state.get({ group: '', resource: 'namespaces' }, '', namespace), 'metadata', 'labels'));
      known.set(namespace, labels);
    }
    return labels;
  };
  const beingOf = (one: Struct): Being => {
    const metadata = structAt(one, 'metadata');
    const namespace = textIn(metadata, 'namespace');
    return { namespace, labels: stringMap(metadata.labels), namespaceLabels: labelsOf(namespace) };
  };
  const self = beingOf(pod);
  const affinity = terms(pod, 'podAffinity');
  const antiAffinity = terms(pod, 'podAntiAffinity');
  const count = (counts: Record<keyof Counts, Map<string, number>>, other: JsonObject, place: Place, by: number) => {
    const there = other as unknown as Struct;
    const being = affinity.length + antiAffinity.length > 0 ? beingOf(there) : undefined;
    if (being !== undefined && affinity.length > 0 && affinity.every((term) => selects(term, being)))
      for (const { key } of affinity) add(counts.near, place, key, by);
    if (being !== undefined) for (const term of antiAffinity) if (selects(term, being)) add(counts.far, place, term.key, by);
    for (const term of terms(there, 'podAntiAffinity')) if (selects(term, self)) add(counts.unwelcome, place, term.key, by);
  };
  const likesItself = affinity.length > 0 && affinity.every((term) => selects(term, self));
  const prepared = (counts: Counts): Plugin => ({
    filter: (place) => judge(counts, place, affinity, antiAffinity, likesItself),
    moved: (other, place, by) => {
      const next = { near: new Map(counts.near), far: new Map(counts.far), unwelcome: new Map(counts.unwelcome) };
      count(next, other, place, by);
      return prepared(next);
    },
  });
  const counts = { near: new Map<string, number>(), far: new Map<string, number>(), unwelcome: new Map<string, number>() };
  for (const place of places) for (const each of place.pods) count(counts, each, place, 1);
  // Where nobody has anything to say, the scheduler leaves the plugin out, whoever comes then.
  return affinity.length + antiAffinity.length + counts.unwelcome.size === 0 ? { filter: () => [] } : prepared(counts);
}

function judge(
  { near, far, unwelcome }: Counts,
  { labels }: Place,
  affinity: readonly Term[],
  antiAffinity: readonly Term[],
  likesItself: boolean,
): readonly Objection[] {
  const has = (domains: Domains, key: string) => Object.hasOwn(labels, key) && (domains.get(domain(key, labels[key] ?? '')) ?? 0) > 0;
  // The first of pods that want to be near their like may go anywhere.
  const isFirst = near.size === 0 && likesItself;
  if (affinity.some(({ key }) => !Object.hasOwn(labels, key)) || (!isFirst && affinity.some(({ key }) => !has(near, key)))) return [lonely];
  if (antiAffinity.some(({ key }) => has(far, key))) return [crowded];
  return Object.keys(labels).some((key) => has(unwelcome, key)) ? [shunned] : [];
}

function domain(key: string, value: string): string {
  return `${key}=${value}`;
}

function add(domains: Map<string, number>, { labels }: Place, key: string, by: number): void {
  if (!Object.hasOwn(labels, key)) return;
  const where = domain(key, labels[key] ?? '');
  const count = (domains.get(where) ?? 0) + by;
  if (count === 0) domains.delete(where);
  else domains.set(where, count);
}

function terms(pod: Struct, kind: 'podAffinity' | 'podAntiAffinity'): readonly Term[] {
  const own = textIn(structAt(pod, 'metadata'), 'namespace');
  return structsIn(structAt(pod, 'spec', 'affinity', kind), 'requiredDuringSchedulingIgnoredDuringExecution').map((term) => {
    const [selector, namespaceSelector] = [labelSelector(term.labelSelector as Json), labelSelector(term.namespaceSelector as Json)];
    const named = strings(term.namespaces as Json | undefined);
    const isOwn = named.length === 0 && (term.namespaceSelector === undefined || term.namespaceSelector === null);
    return {
      key: textIn(term, 'topologyKey'),
      selector: selector.ok ? selector.value : undefined,
      namespaces: isOwn ? [own] : named,
      namespaceSelector: namespaceSelector.ok ? namespaceSelector.value : undefined,
    };
  });
}

function selects({ selector, namespaces, namespaceSelector }: Term, { namespace, labels, namespaceLabels }: Being): boolean {
  const isThere = namespaces.includes(namespace) || (namespaceSelector !== undefined && matches(namespaceSelector, namespaceLabels));
  return isThere && selector !== undefined && matches(selector, labels);
}

const plugin = 'InterPodAffinity';
const lonely: Objection = {
  plugin,
  says: "node(s) didn't match pod affinity rules",
  why: 'no pod that this one must be near is there',
  resolvable: false,
};
const crowded: Objection = {
  plugin,
  says: "node(s) didn't match pod anti-affinity rules",
  why: 'a pod that this one must not be near is there',
  resolvable: true,
};
const shunned: Objection = {
  plugin,
  says: "node(s) didn't satisfy existing pods anti-affinity rules",
  why: 'a pod that is there wants none like this one near it',
  resolvable: true,
};
