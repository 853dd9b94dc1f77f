// Policies by what they can match: operation, name of the resource, and labels that the namespace must have. Finding those that may match
// a request costs by how many they are, not by how many there are.

import type { AdmissionInput } from './admission.ts';
import { type AdmissionRequest, isExempt, namespaceLabels } from './admission-request.ts';
import type { CompiledPolicy, Target } from './compiled.ts';

export interface PolicySet {
  /** By name. */
  readonly policies: readonly CompiledPolicy[];
  /** Those that can match a request, by name; none for requests that no policy judges. */
  readonly candidates: (request: AdmissionRequest) => readonly CompiledPolicy[];
}

/** What can be matched under one operation and resource: in any namespace, or in those with a label. */
interface Bucket {
  readonly anywhere: number[];
  readonly byLabel: Map<string, number[]>;
}

export function policySet(policies: readonly CompiledPolicy[]): PolicySet {
  const sorted = [...policies].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const find = indexOf(sorted.map(({ targets }) => targets));
  return {
    policies: sorted,
    candidates: (request) => (isExempt(request.input) ? [] : find(request).flatMap((index) => sorted[index] ?? [])),
  };
}

/** Makes an index of things by their targets; it answers with their positions, in order. */
export function indexOf(all: readonly (readonly Target[])[]): (request: AdmissionRequest) => readonly number[] {
  const buckets = new Map<string, Bucket>();
  all.forEach((targets, position) => {
    for (const target of targets)
      for (const operation of target.operations)
        for (const resource of target.resources) {
          const key = `${operation} ${resource}`;
          const bucket = buckets.get(key) ?? { anywhere: [], byLabel: new Map() };
          buckets.set(key, bucket);
          place(bucket, target, position);
        }
  });
  return (request) => {
    const found: Bucket[] = [];
    for (const key of keysOf(request.input)) {
      const bucket = buckets.get(key);
      if (bucket !== undefined) found.push(bucket);
    }
    const [only] = found;
    if (only === undefined) return [];
    if (found.length === 1 && only.byLabel.size === 0) return only.anywhere;
    const positions = new Set<number>();
    for (const bucket of found) collect(bucket, request, positions);
    return [...positions].sort((a, b) => a - b);
  };
}

function place({ anywhere, byLabel }: Bucket, { namespaceLabels: labels }: Target, position: number): void {
  if (labels === undefined) {
    if (anywhere.at(-1) !== position) anywhere.push(position);
    return;
  }
  for (const [key, value] of labels) {
    const list = byLabel.get(`${key}=${value}`);
    if (list === undefined) byLabel.set(`${key}=${value}`, [position]);
    else if (list.at(-1) !== position) list.push(position);
  }
}

function keysOf({ operation, resource: { resource } }: AdmissionInput): readonly string[] {
  return [`${operation} ${resource}`, `${operation} *`, `* ${resource}`, '* *'];
}

function collect({ anywhere, byLabel }: Bucket, request: AdmissionRequest, positions: Set<number>): void {
  for (const position of anywhere) positions.add(position);
  if (byLabel.size === 0) return;
  const { namespace, resource } = request.input;
  const labels = namespace === '' && resource.resource !== 'namespaces' ? undefined : namespaceLabels(request);
  // Selectors of namespaces do not apply to what is in none, and a namespace that is not there is an error that each policy answers itself.
  if (labels === undefined || typeof labels === 'string') {
    for (const list of byLabel.values()) for (const position of list) positions.add(position);
    return;
  }
  for (const key in labels) for (const position of byLabel.get(`${key}=${labels[key]}`) ?? []) positions.add(position);
}
