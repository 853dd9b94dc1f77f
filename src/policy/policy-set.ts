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

interface Placed<T> {
  readonly item: T;
  readonly position: number;
}

/** What can be matched under one operation and resource: in any namespace, or in those with a label. */
interface Bucket<T> {
  readonly anywhere: Placed<T>[];
  /** The items of `anywhere`. */
  readonly items: T[];
  readonly byLabel: Map<string, Placed<T>[]>;
}

const none: readonly never[] = [];

export function policySet(policies: readonly CompiledPolicy[]): PolicySet {
  const sorted = [...policies].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const find = indexOf(sorted, ({ targets }) => targets);
  return { policies: sorted, candidates: (request) => (isExempt(request.input) ? none : find(request)) };
}

/** Makes an index of things by their targets; it answers with those that may match a request, in order. */
export function indexOf<T>(all: readonly T[], targetsOf: (item: T) => readonly Target[]): (request: AdmissionRequest) => readonly T[] {
  const buckets = new Map<string, Bucket<T>>();
  all.forEach((item, position) => {
    for (const target of targetsOf(item))
      for (const operation of target.operations)
        for (const resource of target.resources) {
          const key = `${operation} ${resource}`;
          const bucket = buckets.get(key) ?? { anywhere: [], items: [], byLabel: new Map() };
          buckets.set(key, bucket);
          place(bucket, target, { item, position });
        }
  });
  return (request) => {
    const found: Bucket<T>[] = [];
    for (const key of keysOf(request.input)) {
      const bucket = buckets.get(key);
      if (bucket !== undefined) found.push(bucket);
    }
    const [only] = found;
    if (only === undefined) return none;
    if (found.length === 1 && only.byLabel.size === 0) return only.items;
    const placed = new Map<number, T>();
    for (const bucket of found) collect(bucket, request, placed);
    return [...placed].sort(([a], [b]) => a - b).map(([, item]) => item);
  };
}

function place<T>({ anywhere, items, byLabel }: Bucket<T>, { namespaceLabels: labels }: Target, placed: Placed<T>): void {
  if (labels === undefined) {
    if (anywhere.at(-1)?.position === placed.position) return;
    anywhere.push(placed);
    items.push(placed.item);
    return;
  }
  for (const [key, value] of labels) {
    const list = byLabel.get(`${key}=${value}`);
    if (list === undefined) byLabel.set(`${key}=${value}`, [placed]);
    else if (list.at(-1)?.position !== placed.position) list.push(placed);
  }
}

function keysOf({ operation, resource: { resource } }: AdmissionInput): readonly string[] {
  return [`${operation} ${resource}`, `${operation} *`, `* ${resource}`, '* *'];
}

function collect<T>({ anywhere, byLabel }: Bucket<T>, request: AdmissionRequest, found: Map<number, T>): void {
  for (const { item, position } of anywhere) found.set(position, item);
  if (byLabel.size === 0) return;
  const { namespace, resource } = request.input;
  const labels = namespace === '' && resource.resource !== 'namespaces' ? undefined : namespaceLabels(request);
  // Selectors of namespaces do not apply to what is in none, and a namespace that is not there is an error that each policy answers itself.
  if (labels === undefined || typeof labels === 'string') {
    for (const list of byLabel.values()) for (const { item, position } of list) found.set(position, item);
    return;
  }
  for (const key in labels) for (const { item, position } of byLabel.get(`${key}=${labels[key]}`) ?? none) found.set(position, item);
}
