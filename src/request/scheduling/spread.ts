// PodTopologySpread of constraints that must hold (pkg/scheduler/framework/plugins/podtopologyspread, 1.36): in each domain of a key at most
// `maxSkew` matching pods more than in the domain with the fewest. Constraints that are only wished for give scores, which are not looked at.

import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { labelSelector, matches, type Selector } from '../../kube/selector.ts';
import { asNumber, dig, type Json, type JsonObject, stringMap, strings } from '../../lib/json.ts';
import { matchesNode, untolerated } from './node-filters.ts';
import type { Objection, Place, Plugin } from './objection.ts';

interface Constraint {
  readonly key: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  /** Undefined selects nothing. */
  readonly selector: Selector | undefined;
  readonly honorsAffinity: boolean;
  readonly honorsTaints: boolean;
  /** Matching pods by domain. */
  readonly counts: ReadonlyMap<string, number>;
}

export function podTopologySpread(pod: Struct, places: readonly Place[]): Plugin {
  const spec = structAt(pod, 'spec');
  const labels = stringMap(structAt(pod, 'metadata').labels);
  const namespace = textIn(structAt(pod, 'metadata'), 'namespace');
  const constraints = structsIn(spec, 'topologySpreadConstraints')
    .filter((one) => textIn(one, 'whenUnsatisfiable') === 'DoNotSchedule')
    .map((one) => read(one, labels));
  if (constraints.length === 0) return { filter: () => [] };
  const counts = (constraint: Constraint, place: Place) =>
    constraints.every(({ key }) => Object.hasOwn(place.labels, key)) &&
    (!constraint.honorsAffinity || matchesNode(spec, place)) &&
    (!constraint.honorsTaints || untolerated(spec, place.node) === undefined);
  const prepared = (all: readonly Constraint[]): Plugin => ({
    filter: ({ labels: own }) => judge(all, own, labels),
    // A pod that is already going, or that a selector of everything selects, was not counted, and yet it is taken off: so does the scheduler.
    moved: (other, place, by) =>
      dig(other, 'metadata', 'namespace') !== namespace
        ? prepared(all)
        : prepared(all.map((one) => (selects(one, other) && counts(one, place) ? changed(one, place, by) : one))),
  });
  return prepared(
    constraints.map((constraint) => {
      const sums = new Map<string, number>();
      for (const place of places) {
        if (!counts(constraint, place)) continue;
        const domain = place.labels[constraint.key] ?? '';
        sums.set(domain, (sums.get(domain) ?? 0) + matching(place, constraint.selector, namespace));
      }
      return { ...constraint, counts: sums };
    }),
  );
}

function judge(
  constraints: readonly Constraint[],
  own: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): readonly Objection[] {
  for (const { key, counts, maxSkew, minDomains, selector } of constraints) {
    const domain = Object.hasOwn(own, key) ? own[key] : undefined;
    if (domain === undefined) return [missing(key)];
    const fewest = counts.size < minDomains ? 0 : Math.min(...counts.values());
    const self = selector !== undefined && matches(selector, labels) ? 1 : 0;
    if ((counts.get(domain) ?? 0) + self - fewest > maxSkew) return [uneven(key, domain)];
  }
  return [];
}

function changed(constraint: Constraint, { labels }: Place, by: number): Constraint {
  const domain = labels[constraint.key] ?? '';
  const counts = new Map(constraint.counts);
  return { ...constraint, counts: counts.set(domain, (counts.get(domain) ?? 0) + by) };
}

function read(one: Struct, labels: Readonly<Record<string, string>>): Constraint {
  const chosen = labelSelector(one.labelSelector as Json | undefined);
  const keys = strings(one.matchLabelKeys as Json | undefined).filter((key) => Object.hasOwn(labels, key));
  const own: Selector = keys.map((key) => ({ key, operator: 'In', values: [labels[key] ?? ''] }));
  const selector = chosen.ok && chosen.value !== undefined ? [...own, ...chosen.value] : undefined;
  return {
    key: textIn(one, 'topologyKey'),
    maxSkew: asNumber(one.maxSkew) ?? 1,
    minDomains: asNumber(one.minDomains) ?? 1,
    selector,
    honorsAffinity: textIn(one, 'nodeAffinityPolicy') !== 'Ignore',
    honorsTaints: textIn(one, 'nodeTaintsPolicy') === 'Honor',
    counts: new Map(),
  };
}

function selects({ selector }: Constraint, pod: JsonObject): boolean {
  return selector !== undefined && matches(selector, stringMap(dig(pod, 'metadata', 'labels')));
}

/** A selector of everything counts nobody there. */
function matching({ pods }: Place, selector: Selector | undefined, namespace: string): number {
  if (selector === undefined || selector.length === 0) return 0;
  return pods.filter(
    (pod) =>
      dig(pod, 'metadata', 'namespace') === namespace &&
      dig(pod, 'metadata', 'deletionTimestamp') === undefined &&
      matches(selector, stringMap(dig(pod, 'metadata', 'labels'))),
  ).length;
}

const says = "node(s) didn't match pod topology spread constraints";

function missing(key: string): Objection {
  const why = `the node has no label ${key}, over which the pod must be spread`;
  return { plugin: 'PodTopologySpread', says: `${says} (missing required label)`, why, resolvable: false };
}

function uneven(key: string, domain: string): Objection {
  const why = `${key} ${domain} would have too many such pods more than another`;
  return { plugin: 'PodTopologySpread', says, why, resolvable: true };
}
