// What the readers of all policy kinds share: selectors, ports and a list of complaints. A complaint of level error means that the API server
// would refuse the object; such a policy does not exist in any cluster and is left out, which is said.

import { labelSelector, type Selector } from '../kube/selector.ts';
import { field, isObject, type Json, textOf } from '../lib/json.ts';
import { type ProblemCode, problem } from '../lib/problem.ts';
import type { Resource } from '../snapshot/snapshot.ts';
import type { Complaint, PodMatch, Policy, ReadPolicy } from './policy.ts';
import type { Protocol } from './port-set.ts';

export interface Complaining {
  readonly refuse: (path: string, sentence: string) => void;
  readonly warn: (code: ProblemCode, path: string, sentence: string) => void;
}

/** Reads one policy; `read` may complain. */
export function reading(resource: Resource, read: (complaining: Complaining) => Policy | readonly Policy[]): ReadPolicy {
  const complaints: Complaint[] = [];
  const subject = `${resource.kind} ${resource.namespace === '' ? '' : `${resource.namespace}/`}${resource.name}`;
  const tell = (code: ProblemCode, path: string, sentence: string, level: 'error' | 'warning') =>
    complaints.push({ resource, path, problem: problem(code, `${subject}: ${path}: ${sentence}`, undefined, level) });
  const found = read({
    refuse: (path, sentence) => tell('network/invalid-policy', path, sentence, 'error'),
    warn: (code, path, sentence) => tell(code, path, sentence, 'warning'),
  });
  const policies: readonly Policy[] = 'resource' in found ? [found] : found;
  return { policies: complaints.some((complaint) => complaint.problem.level === 'error') ? [] : policies, complaints };
}

/** A selector that must be there. */
export function selectorAt(value: Json | undefined, path: string, { refuse }: Complaining): Selector {
  const parsed = labelSelector(value);
  if (!parsed.ok) refuse(path, parsed.problem);
  return parsed.ok ? (parsed.value ?? []) : [];
}

/** `{namespaceSelector, podSelector}` of AdminNetworkPolicy and ClusterNetworkPolicy; an absent one selects everything. */
export function podsAt(value: Json | undefined, path: string, complaints: Complaining): PodMatch {
  return {
    kind: 'pods',
    namespaces: selectorAt(field(value, 'namespaceSelector'), `${path}/namespaceSelector`, complaints),
    pods: selectorAt(field(value, 'podSelector'), `${path}/podSelector`, complaints),
    written: { namespaces: field(value, 'namespaceSelector'), pods: field(value, 'podSelector') },
  };
}

/** All pods of the namespaces that a selector matches. */
export function namespacesAt(value: Json | undefined, path: string, complaints: Complaining): PodMatch {
  return { kind: 'pods', namespaces: selectorAt(value, path, complaints), pods: [], written: { namespaces: value, pods: undefined } };
}

/** The protocol of a port; absent means TCP. */
export function protocolAt(value: Json | undefined, path: string, { refuse }: Complaining): Protocol {
  if (value === undefined || value === null) return 'TCP';
  if (value === 'TCP' || value === 'UDP' || value === 'SCTP') return value;
  refuse(path, `"${textOf(value)}" is no protocol; there are TCP, UDP and SCTP`);
  return 'TCP';
}

/** A number of a port; complains about anything else. */
export function portAt(value: Json | undefined, path: string, { refuse }: Complaining): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535) return value;
  refuse(path, 'a port is a number from 1 to 65535');
  return 0;
}

/** Fields of an object by name, with what each must be. */
export type Shape = Readonly<Record<string, 'list' | 'mapping' | 'any'>>;

/** Complains about fields that the API does not have, which it drops, and about lists and mappings that are something else, which it refuses. */
export function shaped(value: Json | undefined, path: string, shape: Shape, { refuse, warn }: Complaining): void {
  if (value === undefined || value === null) return;
  if (!isObject(value)) {
    refuse(path, 'a mapping belongs here');
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    const wanted = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (wanted === undefined) warn('network/invalid-policy', `${path}/${key}`, 'the API has no such field, and drops it');
    else if (item === undefined || item === null) continue;
    else if (wanted === 'list' && !Array.isArray(item)) refuse(`${path}/${key}`, 'a list belongs here');
    else if (wanted === 'mapping' && !isObject(item)) refuse(`${path}/${key}`, 'a mapping belongs here');
  }
}
