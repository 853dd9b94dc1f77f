// InterPodAffinity, as far as it must hold (pkg/scheduler/framework/plugins/interpodaffinity, 1.36): pods that must be near others, must not be,
// and pods that are there and want nobody of this kind near.

import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { labelSelector, matches, type Selector } from '../../kube/selector.ts';
import { dig, type Json, type JsonObject, stringMap, strings } from '../../lib/json.ts';
import type { State } from '../store/state.ts';
import type { Filter, Objection, Place } from './objection.ts';

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

export function interPodAffinity(pod: Struct, places: readonly Place[], state: State): Filter {
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
  /** Domains, as `key=value`, with pods that all terms of the affinity select; with one that a term of the anti-affinity selects; with one whose own anti-affinity selects this pod. */
  const [near, far, unwelcome] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const place of places)
    for (const each of place.pods as readonly JsonObject[]) {
      const there = each as unknown as Struct;
      const being = affinity.length + antiAffinity.length > 0 ? beingOf(there) : undefined;
      if (being !== undefined && affinity.length > 0 && affinity.every((term) => selects(term, being)))
        for (const { key } of affinity) add(near, place, key);
      if (being !== undefined) for (const term of antiAffinity) if (selects(term, being)) add(far, place, term.key);
      for (const term of terms(there, 'podAntiAffinity')) if (selects(term, self)) add(unwelcome, place, term.key);
    }
  // The first of pods that want to be near their like may go anywhere.
  const isFirst = near.size === 0 && affinity.length > 0 && affinity.every((term) => selects(term, self));
  return ({ labels }) => {
    const has = (set: ReadonlySet<string>, key: string) => Object.hasOwn(labels, key) && set.has(domain(key, labels[key] ?? ''));
    if (affinity.some(({ key }) => !Object.hasOwn(labels, key)) || (!isFirst && affinity.some(({ key }) => !has(near, key))))
      return [lonely];
    if (antiAffinity.some(({ key }) => has(far, key))) return [crowded];
    return Object.keys(labels).some((key) => has(unwelcome, key)) ? [shunned] : [];
  };
}

function domain(key: string, value: string): string {
  return `${key}=${value}`;
}

function add(set: Set<string>, { labels }: Place, key: string): void {
  if (Object.hasOwn(labels, key)) set.add(domain(key, labels[key] ?? ''));
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
