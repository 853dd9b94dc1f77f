// One observed connection, or one that was refused, in a form that every source of flows is brought into. A record says what its source says
// and no more: ends may have an address, a pod's name, labels, a workload, a reserved identity, in any combination. Who an end is gets decided
// later, against a snapshot. Ports are the destination's; a source's own port matters only to find out which end began.

import type { Protocol } from '../port-set.ts';

/** A reserved identity of Cilium, or the type of an end that other sources give: no pod. */
export type Entity = 'world' | 'host' | 'remote-node' | 'kube-apiserver' | 'health' | 'ingress' | 'other';

export interface RecordedEnd {
  readonly address?: string;
  readonly namespace?: string;
  /** A pod's name. */
  readonly pod?: string;
  /** A name with a star, as aggregating sources write it: `web-7c4d8b-*`. */
  readonly podPattern?: string;
  readonly workload?: { readonly kind: string; readonly name: string };
  readonly entity?: Entity;
  /** DNS names that the source knows the address by. */
  readonly names?: readonly string[];
}

export type Verdict =
  | 'allowed'
  /** Dropped by a policy or a firewall. */
  | 'denied'
  /** Neither: no answer, a malformed packet, an error. It says nothing about policies. */
  | 'failed';

export interface FlowRecord {
  readonly source: RecordedEnd;
  readonly destination: RecordedEnd;
  /** `other`: ICMP and the rest, which policies of Kubernetes do not know. */
  readonly protocol: Protocol | 'ICMP' | 'other';
  readonly sourcePort?: number;
  readonly port?: number;
  readonly verdict: Verdict;
  /** True for packets of the answer, false for those of whoever began; undefined where the source does not say. */
  readonly reply?: boolean;
  /** Milliseconds since the epoch. */
  readonly first?: number;
  readonly last?: number;
  readonly count: number;
  readonly bytes?: number;
}

/** A name that a DNS answer gave for an address. */
export interface NameRecord {
  readonly address: string;
  readonly name: string;
}

/** What one line, or one document, of a source came to. */
export type Read =
  | { readonly kind: 'flows'; readonly flows: readonly FlowRecord[]; readonly names?: readonly NameRecord[] }
  /** A line that is well formed and no flow: a heading, an event of another kind. */
  | { readonly kind: 'other'; readonly what: string }
  /** Events that the source says it lost. */
  | { readonly kind: 'lost'; readonly count: number }
  | { readonly kind: 'malformed'; readonly why: string };

/** A source of flows: JSON values by shape, or lines of text. */
export interface JsonFormat {
  readonly name: FormatName;
  /** Undefined where the value is of another source. */
  readonly read: (value: unknown) => Read | undefined;
}

export type FormatName = 'hubble' | 'calico' | 'aws-vpc' | 'gcp' | 'tetragon' | 'conntrack' | 'sensor';

export function one(flow: FlowRecord): Read {
  return { kind: 'flows', flows: [flow] };
}
