// Admission policies out of the objects of a cluster or of files: ValidatingAdmissionPolicies and MutatingAdmissionPolicies of every
// version, each with the bindings that name it.

import { groupVersion, type KubeObject } from '../kube/object.ts';
import { type Binding, readBinding } from './bindings.ts';
import type { CompiledPolicy } from './compiled.ts';
import { compileMutatingPolicy } from './mutating/compile.ts';
import { type PolicySet, policySet } from './policy-set.ts';
import { compileValidatingPolicy } from './validating/compile.ts';

const group = 'admissionregistration.k8s.io';

/** True for the policies and bindings that `loadPolicies` reads. */
export function isPolicyObject({ apiVersion, kind }: KubeObject): boolean {
  return groupVersion(apiVersion).group === group && /^(?:Validating|Mutating)AdmissionPolicy(?:Binding)?$/.test(kind);
}

/** Compiles the policies among some objects. `minor` is the Kubernetes 1.`minor` they run in; the newest known where absent. */
export function loadPolicies(objects: readonly KubeObject[], options: { readonly minor?: number } = {}): PolicySet {
  const ours = objects.filter(isPolicyObject);
  const bindings = (kind: string) =>
    Map.groupBy(ours.filter((object) => object.kind === kind).map(readBinding), ({ policyName }) => policyName);
  const validating = bindings('ValidatingAdmissionPolicyBinding');
  const mutating = bindings('MutatingAdmissionPolicyBinding');
  const of = (map: ReadonlyMap<string, readonly Binding[]>, object: KubeObject) => map.get(String(object.metadata?.name ?? '')) ?? [];
  const policies = ours.flatMap((object): readonly CompiledPolicy[] => {
    if (object.kind === 'ValidatingAdmissionPolicy') return [compileValidatingPolicy(object, of(validating, object), options)];
    if (object.kind === 'MutatingAdmissionPolicy') return [compileMutatingPolicy(object, of(mutating, object), options)];
    return [];
  });
  return policySet(policies);
}
