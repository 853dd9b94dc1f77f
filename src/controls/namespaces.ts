// Namespaces as subjects of controls: those whose object is in the snapshot, and those that only the objects living in them name.
// What such a namespace holds beyond them is not known, so questions about what it lacks have no answer: `unknownNamespace` says so.

import { strings } from '../lib/json.ts';
import { find, ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { type Context, type Outcome, type Target, unknown } from './control.ts';

export interface NamespaceSubject {
  readonly name: string;
  /** The Namespace object; undefined where the snapshot only holds objects that live in it. */
  readonly resource: Resource | undefined;
}

/** Namespaces of Kubernetes' own components, which need rights that others must not have. */
export const systemNamespaces: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];

/** Every Namespace object, then every namespace that has workloads and no object. */
export const namespaces: Target<NamespaceSubject> = {
  description: 'every namespace',
  *subjects(snapshot) {
    for (const resource of ofKind(snapshot, '', 'Namespace')) yield { resource, subject: { name: resource.name, resource } };
    const seen = new Set<string>();
    for (const resource of snapshot.resources) {
      if (resource.pods.length === 0 || resource.namespace === '' || seen.has(resource.namespace)) continue;
      seen.add(resource.namespace);
      if (namespaceObject(snapshot, resource.namespace) === undefined)
        yield { resource, subject: { name: resource.namespace, resource: undefined } };
    }
  },
};

/** The Namespace object of that name. */
export function namespaceObject(snapshot: Snapshot, name: string): Resource | undefined {
  return find(snapshot, '', 'Namespace', '', name);
}

/** True for namespaces that the control's `exempt` setting names. */
export function isExempt(name: string, context: Context): boolean {
  return strings(context.parameters.exempt).includes(name);
}

/** The honest answer about what a namespace lacks when its object is not in the input; `wanted` names what was looked for. */
export function unknownNamespace(name: string, wanted: string): Outcome {
  return unknown(
    '/metadata/namespace',
    'namespace-not-in-input',
    `namespace "${name}" has workloads here, but neither its Namespace object nor ${wanted} is in the input`,
  );
}
