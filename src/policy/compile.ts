// Every policy among some objects, compiled with the bindings that are there: ValidatingAdmissionPolicy and MutatingAdmissionPolicy, of any
// version. Objects of other kinds are passed over.

import { groupVersion, type KubeObject } from '../kube/object.ts';
import { type Binding, readBinding } from './bindings.ts';
import type { CompiledPolicy } from './compiled.ts';
import { compileMutatingPolicy } from './mutating/compile.ts';
import { type CompileOptions, compileValidatingPolicy } from './validating/compile.ts';

/** The policies, in the order of the objects. A policy without a binding is among them and judges nothing, as in a cluster. */
export function compilePolicies(objects: readonly KubeObject[], options: CompileOptions = {}): readonly CompiledPolicy[] {
  const ours = objects.filter(isPolicyObject);
  const bindings = (kind: string) =>
    Map.groupBy(ours.filter((object) => object.kind === kind).map(readBinding), ({ policyName }) => policyName);
  const validating = bindings('ValidatingAdmissionPolicyBinding');
  const mutating = bindings('MutatingAdmissionPolicyBinding');
  const named = (map: ReadonlyMap<string, readonly Binding[]>, { metadata }: KubeObject) => map.get(String(metadata?.name ?? '')) ?? [];
  return ours.flatMap((object): readonly CompiledPolicy[] => {
    if (object.kind === 'ValidatingAdmissionPolicy') return [compileValidatingPolicy(object, named(validating, object), options)];
    if (object.kind === 'MutatingAdmissionPolicy') return [compileMutatingPolicy(object, named(mutating, object), options)];
    return [];
  });
}

/** True for the policies and bindings that `compilePolicies` reads. */
export function isPolicyObject({ apiVersion, kind }: KubeObject): boolean {
  return (
    groupVersion(apiVersion).group === 'admissionregistration.k8s.io' && /^(?:Validating|Mutating)AdmissionPolicy(?:Binding)?$/.test(kind)
  );
}
