// One form for policies of every kind and dialect: whom a policy is about, and its rules in order. Policies are asked tier by tier, within a
// tier by priority, rule by rule. Pass goes on to the next tier; so does what nobody decides, but where a tier drops what it does not decide
// for the pods its policies isolate. NetworkPolicy is the tier in the middle, whose rules only add up; what no tier decides is allowed.
// A service mesh is a layer of its own: what the network lets through it may still refuse.

import type { Selector } from '../kube/selector.ts';
import type { Json } from '../lib/json.ts';
import type { Problem } from '../lib/problem.ts';
import type { Resource } from '../snapshot/snapshot.ts';
import type { Block } from './address-space.ts';
import type { Expression } from './expression.ts';
import type { AnyProtocol, Protocol } from './port-set.ts';

export type Direction = 'ingress' | 'egress';
export const directions: readonly Direction[] = ['ingress', 'egress'];

export interface Tier {
  readonly name: string;
  readonly layer: 'network' | 'mesh';
  readonly order: number;
  /** What happens to traffic of isolated pods that no rule of the tier decides. */
  readonly otherwise: 'pass' | 'deny';
}

/** The orders of Calico, which has all of these tiers. */
export const tiers = {
  admin: { name: 'admin', layer: 'network', order: 1_000, otherwise: 'pass' },
  network: { name: 'default', layer: 'network', order: 1_000_000, otherwise: 'deny' },
  baseline: { name: 'baseline', layer: 'network', order: 10_000_000, otherwise: 'pass' },
  profiles: { name: 'profiles', layer: 'network', order: Number.POSITIVE_INFINITY, otherwise: 'deny' },
  meshDeny: { name: 'mesh deny', layer: 'mesh', order: 1, otherwise: 'pass' },
  meshAllow: { name: 'mesh allow', layer: 'mesh', order: 2, otherwise: 'deny' },
} as const satisfies Readonly<Record<string, Tier>>;

/** Where NetworkPolicy stands in its tier. */
export const networkPolicyOrder = 1_000;

/** Pods by their namespace and their own labels; undefined namespaces are the policy's own. */
export interface PodMatch {
  readonly kind: 'pods';
  readonly namespaces: Selector | undefined;
  readonly pods: Selector;
  /** The selectors as they are written, for texts. */
  readonly written: { readonly namespaces: Json | undefined; readonly pods: Json | undefined };
}

/** Pods, and labelled sets of addresses, by an expression over what is known of them. */
export interface Where {
  readonly kind: 'where';
  readonly expression: Expression;
}

export type Peer =
  | PodMatch
  | Where
  /** `pods: 'never'`: the block is about addresses outside alone, whatever the reading. */
  | { readonly kind: 'block'; readonly block: Block; readonly pods?: 'never' }
  | { readonly kind: 'nodes'; readonly nodes: Selector }
  /** All of several peers together; what a peer does not match. */
  | { readonly kind: 'both'; readonly of: readonly Peer[] }
  | { readonly kind: 'not'; readonly of: Peer }
  /** Addresses that belong to no pod and no node. */
  | { readonly kind: 'outside' }
  /** A peer that cannot be evaluated here: matches nothing, or everything where failing closed asks for that. */
  | { readonly kind: 'never' | 'always' };

/** Part of the requests of HTTP: any of its lists that is given must hold one that matches. */
export interface RequestMatch {
  readonly methods?: readonly string[];
  readonly notMethods?: readonly string[];
  readonly paths?: readonly string[];
  readonly notPaths?: readonly string[];
  readonly hosts?: readonly string[];
  readonly notHosts?: readonly string[];
}

export type PortMatch =
  | {
      readonly kind: 'range';
      readonly protocol: AnyProtocol;
      readonly first: number;
      readonly last: number;
      readonly requests?: RequestMatch;
    }
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
  /** Narrows the pods of the policy that the rule is about. */
  readonly self?: Peer;
  /**
   * Set where the rule asks for more than is evaluated, and says what: an allow rule then lets through at most what is said; a deny or pass
   * rule is not counted.
   */
  readonly restricted?: string;
}

export interface Policy {
  readonly resource: Resource;
  readonly tier: Tier;
  /** Order within the tier, lowest first. */
  readonly priority: number;
  readonly subject: PodMatch | Where | { readonly kind: 'nodes'; readonly nodes: Selector };
  /** Directions it has a say in. */
  readonly applies: Readonly<Record<Direction, boolean>>;
  /** Directions in which the tier drops what no rule decides, for the pods of this policy. */
  readonly isolates: Readonly<Record<Direction, boolean>>;
  readonly rules: Readonly<Record<Direction, readonly Rule[]>>;
}

/** What is wrong with an object, and where in it. */
export interface Complaint {
  readonly resource: Resource;
  readonly path: string;
  readonly problem: Problem;
}

/** Policies as they were read: none where the API server would refuse the object, with what is wrong. */
export interface ReadPolicy {
  readonly policies: readonly Policy[];
  readonly complaints: readonly Complaint[];
}
