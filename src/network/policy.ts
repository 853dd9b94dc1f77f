// One form for NetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy: whom a policy is about, and its rules
// in order. Admin rules are asked first, by priority; what they pass or do not match goes to NetworkPolicy, which only adds up; where no
// NetworkPolicy isolates the pod, baseline rules are asked; what nothing decides is allowed.

import type { Selector } from '../kube/selector.ts';
import type { Json } from '../lib/json.ts';
import type { Problem } from '../lib/problem.ts';
import type { Resource } from '../snapshot/snapshot.ts';
import type { Block } from './address-space.ts';
import type { Protocol } from './port-set.ts';

export type Direction = 'ingress' | 'egress';
export const directions: readonly Direction[] = ['ingress', 'egress'];

export type Tier = 'admin' | 'network' | 'baseline';

/** Pods by their namespace and their own labels; undefined namespaces are the policy's own. */
export interface PodMatch {
  readonly kind: 'pods';
  readonly namespaces: Selector | undefined;
  readonly pods: Selector;
  /** The selectors as they are written, for texts. */
  readonly written: { readonly namespaces: Json | undefined; readonly pods: Json | undefined };
}

export type Peer =
  | PodMatch
  | { readonly kind: 'block'; readonly block: Block }
  | { readonly kind: 'nodes'; readonly nodes: Selector }
  /** A peer that cannot be evaluated here: matches nothing, or everything where failing closed asks for that. */
  | { readonly kind: 'never' | 'always' };

export type PortMatch =
  | { readonly kind: 'range'; readonly protocol: Protocol; readonly first: number; readonly last: number }
  /** Resolved by the destination's containers; undefined protocol: whatever the container says. */
  | { readonly kind: 'named'; readonly name: string; readonly protocol: Protocol | undefined };

export interface Rule {
  readonly action: 'allow' | 'deny' | 'pass';
  readonly name: string | undefined;
  /** JSON pointer of the rule in its object. */
  readonly path: string;
  /** Undefined: any peer. */
  readonly peers: readonly Peer[] | undefined;
  /** Undefined: any port. */
  readonly ports: readonly PortMatch[] | undefined;
}

export interface Policy {
  readonly resource: Resource;
  readonly tier: Tier;
  /** Order among admin and baseline policies, lowest first; 0 for NetworkPolicy. */
  readonly priority: number;
  readonly subject: PodMatch;
  /** Directions it has a say in. For NetworkPolicy: directions in which what no rule allows is dropped. */
  readonly applies: Readonly<Record<Direction, boolean>>;
  readonly rules: Readonly<Record<Direction, readonly Rule[]>>;
}

/** What is wrong with an object, and where in it. */
export interface Complaint {
  readonly resource: Resource;
  readonly path: string;
  readonly problem: Problem;
}

/** A policy as it was read: undefined where the API server would refuse it, with what is wrong. */
export interface ReadPolicy {
  readonly policy: Policy | undefined;
  readonly complaints: readonly Complaint[];
}
