// Network policies as controls see them: which pods each selects and in which directions it isolates them.
// networking.k8s.io/v1 as kube-apiserver 1.36 defaults it (`policyTypes` absent: Ingress, and Egress where egress rules are given) and
// cilium.io/v2 (`spec` and `specs`, `enableDefaultDeny`). Calico, Antrea and the cluster-wide policies of the policy API are not
// evaluated here: `otherPolicies` names them, so that controls can say so instead of guessing.

import { isEmptySelector, type Labels, selects } from '../../kube/label-selector.ts';
import { members } from '../../kube/pod/lower.ts';
import type { Member } from '../../kube/pod/types.ts';
import { asBoolean, asList, asObject, dig, field, isObject, type Json, strings, textOf } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Target } from '../control.ts';

export type Direction = 'ingress' | 'egress';

export const directions: readonly Direction[] = ['ingress', 'egress'];

export interface Policy {
  readonly resource: Resource;
  readonly dialect: 'kubernetes' | 'cilium';
  /** The only namespace it holds for; '' for all. */
  readonly namespace: string;
  /** Pointer of the spec within the object. */
  readonly path: string;
  readonly spec: Json;
  /** True where it selects every pod of its scope. */
  readonly everyPod: boolean;
  /** Where true, what no rule of any policy allows is dropped for the selected pods. */
  readonly isolates: Readonly<Record<Direction, boolean>>;
  readonly selects: (namespace: string, labels: Labels) => boolean;
  /** A label that every pod it selects has, as `key=value`; undefined where there is none such. */
  readonly needs: string | undefined;
}

interface Policies {
  readonly all: readonly Policy[];
  readonly byNamespace: ReadonlyMap<string, readonly Policy[]>;
  /** By namespace, and in it by the label that they need; '' for those that need none. */
  readonly byLabel: ReadonlyMap<string, ReadonlyMap<string, readonly Policy[]>>;
  readonly positions: ReadonlyMap<Policy, number>;
}

const cache = new WeakMap<Snapshot, Policies>();

/** Every policy whose meaning is known here, in snapshot order. */
export function policies(snapshot: Snapshot): readonly Policy[] {
  return read(snapshot).all;
}

/** The policies that hold for a namespace: its own and the cluster-wide ones. */
export function policiesOf(snapshot: Snapshot, namespace: string): readonly Policy[] {
  const { byNamespace } = read(snapshot);
  return [...(byNamespace.get(namespace) ?? []), ...(byNamespace.get('') ?? [])];
}

/** The policies that select a pod with these labels. */
export function selecting(snapshot: Snapshot, namespace: string, labels: Labels): readonly Policy[] {
  const { byLabel, positions } = read(snapshot);
  const keys = ['', ...Object.entries(labels).map(([key, value]) => `${key}=${value}`)];
  const near = [byLabel.get(namespace), byLabel.get('')].map((index) => keys.flatMap((key) => index?.get(key) ?? []));
  const inOrder = (list: readonly Policy[]) => [...list].sort((a, b) => (positions.get(a) ?? 0) - (positions.get(b) ?? 0));
  return near.flatMap(inOrder).filter((policy) => policy.selects(namespace, labels));
}

/** Policies of networking.k8s.io. */
export const kubernetesPolicies: Target<Policy> = {
  description: 'NetworkPolicy',
  *subjects(snapshot) {
    for (const policy of policies(snapshot)) if (policy.dialect === 'kubernetes') yield { resource: policy.resource, subject: policy };
  },
};

/** The rules of a Kubernetes policy in one direction, with their pointers. */
export function rules(policy: Policy, direction: Direction): readonly Member[] {
  return members(field(policy.spec, direction), `${policy.path}/${direction}`);
}

const otherKinds: readonly (readonly [group: string, kind: string])[] = [
  ['projectcalico.org', 'NetworkPolicy'],
  ['projectcalico.org', 'GlobalNetworkPolicy'],
  ['crd.projectcalico.org', 'NetworkPolicy'],
  ['crd.projectcalico.org', 'GlobalNetworkPolicy'],
  ['crd.antrea.io', 'NetworkPolicy'],
  ['crd.antrea.io', 'ClusterNetworkPolicy'],
  ['policy.networking.k8s.io', 'AdminNetworkPolicy'],
  ['policy.networking.k8s.io', 'BaselineAdminNetworkPolicy'],
  ['policy.networking.k8s.io', 'ClusterNetworkPolicy'],
];

/** Policies that may hold for a namespace and that are not evaluated here. */
export function otherPolicies(snapshot: Snapshot, namespace: string): readonly Resource[] {
  return otherKinds
    .flatMap(([group, kind]) => ofKind(snapshot, group, kind))
    .filter((resource) => resource.namespace === '' || resource.namespace === namespace);
}

function read(snapshot: Snapshot): Policies {
  let built = cache.get(snapshot);
  if (built === undefined) {
    const all = [
      ...['networking.k8s.io', 'extensions'].flatMap((group) => ofKind(snapshot, group, 'NetworkPolicy').map(kubernetesPolicy)),
      ...['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'].flatMap((kind) =>
        ofKind(snapshot, 'cilium.io', kind).flatMap(ciliumPolicies),
      ),
    ];
    const byNamespace = Map.groupBy(all, (policy) => policy.namespace);
    const byLabel = new Map([...byNamespace].map(([namespace, own]) => [namespace, Map.groupBy(own, ({ needs }) => needs ?? '')]));
    built = { all, byNamespace, byLabel, positions: new Map(all.map((policy, index) => [policy, index])) };
    cache.set(snapshot, built);
  }
  return built;
}

function kubernetesPolicy(resource: Resource): Policy {
  const spec = asObject(resource.object.spec);
  const selector = spec.podSelector ?? {};
  const types = strings(spec.policyTypes);
  const isolates =
    types.length > 0
      ? { ingress: types.includes('Ingress'), egress: types.includes('Egress') }
      : { ingress: true, egress: asList(spec.egress).length > 0 };
  return {
    resource,
    dialect: 'kubernetes',
    namespace: resource.namespace,
    path: '/spec',
    spec,
    everyPod: isEmptySelector(selector),
    isolates,
    selects: (namespace, labels) => namespace === resource.namespace && selects(selector, labels),
    needs: neededLabel(selector),
  };
}

function ciliumPolicies(resource: Resource): readonly Policy[] {
  const specs = [
    ...(isObject(resource.object.spec) ? [{ spec: resource.object.spec, path: '/spec' }] : []),
    ...members(resource.object.specs, '/specs'),
  ];
  return specs.flatMap(({ spec, path }) => {
    if (spec.endpointSelector === undefined) return [];
    const selector = ciliumSelector(spec.endpointSelector);
    const isolated = (direction: Direction) =>
      asBoolean(dig(spec, 'enableDefaultDeny', direction)) ?? asList(spec[direction]).length + asList(spec[`${direction}Deny`]).length > 0;
    return [
      {
        resource,
        dialect: 'cilium' as const,
        namespace: resource.namespace,
        path,
        spec,
        everyPod: isEmptySelector(selector),
        isolates: { ingress: isolated('ingress'), egress: isolated('egress') },
        selects: (namespace: string, labels: Labels) =>
          (resource.namespace === '' || resource.namespace === namespace) &&
          selects(selector, { ...labels, 'io.kubernetes.pod.namespace': namespace }),
        needs: neededLabel(selector),
      },
    ];
  });
}

/** The first label of `matchLabels`, but for the one that stands for a namespace. */
function neededLabel(selector: Json | undefined): string | undefined {
  const labels = Object.entries(asObject(field(selector, 'matchLabels')));
  const first = labels.find(([key, value]) => typeof value === 'string' && key !== 'io.kubernetes.pod.namespace');
  return first === undefined ? undefined : `${first[0]}=${textOf(first[1])}`;
}

/** Cilium's keys may name the source of a label: `k8s:app`, `any:app`. Pods carry labels of source k8s. */
function ciliumSelector(selector: Json | undefined): Json {
  const plain = (key: string) => key.replace(/^(?:k8s|any):/, '');
  const { matchLabels, matchExpressions, ...rest } = asObject(selector);
  return {
    ...rest,
    matchLabels: Object.fromEntries(Object.entries(asObject(matchLabels)).map(([key, value]) => [plain(key), value])),
    matchExpressions: asList(matchExpressions).map((requirement) =>
      isObject(requirement) ? { ...requirement, key: plain(textOf(requirement.key)) } : requirement,
    ),
  };
}
