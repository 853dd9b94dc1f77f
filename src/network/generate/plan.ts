// The plan: policies from what was seen and what manifests declare, the proof that they refuse nothing that was seen, what they close, how far the
// evidence reaches, and in which order to put them in. Policies that are there stay: theirs and ours add up, and what they keep open stays open,
// unless the caller asks for a plan in their place.

import type { Resource } from '../../snapshot/snapshot.ts';
import { type DeclaredEdge, declaredEdges } from '../flows/declared.ts';
import type { Observed } from '../flows/observe.ts';
import type { Network } from '../network.ts';
import { type ApiServerCall, apiServerCalls } from './api-server-calls.ts';
import { ciliumPolicies } from './cilium.ts';
import { confidenceOf, type NamespaceConfidence } from './confidence.ts';
import { type Group, groupsOf } from './groups.ts';
import { dnsGroup, needsOf } from './needs.ts';
import { type GeneratedPolicy, networkPolicies } from './policies.ts';
import { type Closes, closesOf, networkAfter, type Replay, replay } from './replay.ts';

export interface PlanOptions {
  readonly dialect: 'kubernetes' | 'cilium';
  /** Namespaces to write policies for; none: all but those of the cluster itself. */
  readonly namespaces: readonly string[];
  readonly dns: boolean;
  /** True: the plan stands in place of the NetworkPolicies of its namespaces. */
  readonly replace: boolean;
}

export interface Plan {
  readonly policies: readonly GeneratedPolicy[];
  readonly namespaces: readonly string[];
  /** Calls of the API server into these namespaces: webhooks and extension API servers. */
  readonly calls: readonly ApiServerCall[];
  readonly replay: Replay;
  readonly closes: Closes;
  readonly confidence: readonly NamespaceConfidence[];
  /** NetworkPolicies of the namespaces that stay beside the plan, or give way to it. */
  readonly existing: readonly Resource[];
  /** Workloads that share their labels, so that one policy stands for all of them. */
  readonly shared: readonly Group[];
  /** True where the cluster's DNS is not in the input and its usual labels are taken. */
  readonly dnsAssumed: boolean;
  readonly after: Network;
}

/** Namespaces that a cluster runs itself in. */
export const systemNamespaces: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];

/** Makes a plan for a network from flows and declared connections. */
export function plan(network: Network, observed: Observed, declared: readonly DeclaredEdge[], options: PlanOptions): Plan {
  const groups = groupsOf(network);
  const wanted = options.namespaces;
  const scope = new Set(
    groups.all
      .map(({ namespace }) => namespace)
      .filter((namespace) => (wanted.length > 0 ? wanted.includes(namespace) : !systemNamespaces.includes(namespace))),
  );
  const { nodeAddresses, apiServerAddresses } = observed.book;
  const calls = apiServerCalls(network, scope);
  const needs = needsOf(groups, scope, {
    flows: observed.edges,
    declared,
    open: openWays(network),
    calls,
    nodeAddresses,
    apiServerAddresses,
    dns: options.dns,
  });
  const policies = (options.dialect === 'cilium' ? ciliumPolicies : networkPolicies)(groups, scope, needs);
  const existing = network.snapshot.resources.filter(
    ({ kind, group, namespace }) => kind === 'NetworkPolicy' && group === 'networking.k8s.io' && scope.has(namespace),
  );
  const reading = options.dialect === 'cilium' ? { ...network.reading, blocksMatchPods: false } : network.reading;
  const after = networkAfter(network, policies, new Set(options.replace ? existing : []), reading);
  return {
    policies,
    namespaces: [...scope].sort(),
    calls,
    replay: replay(network, after, observed, options.dialect === 'cilium'),
    closes: closesOf(network, after),
    confidence: confidenceOf(network, groups, observed, scope),
    existing,
    shared: groups.all.filter(({ namespace, workloads }) => scope.has(namespace) && workloads.length > 1),
    dnsAssumed: options.dns && dnsGroup(groups) === undefined,
    after,
  };
}

function openWays(network: Network): readonly DeclaredEdge[] {
  return declaredEdges(network).filter(({ from }) => from.kind === 'outside');
}
