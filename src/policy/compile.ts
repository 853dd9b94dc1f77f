// Every policy among some objects, compiled with the bindings that are there: ValidatingAdmissionPolicy and MutatingAdmissionPolicy, of any
// version. Objects of other kinds are passed over.

import { groupVersion, type KubeObject } from '../kube/object.ts';
import { readBinding } from './bindings.ts';
import type { CompiledPolicy } from './compiled.ts';
import { compileMutatingPolicy } from './mutating/compile.ts';
import { type CompileOptions, compileValidatingPolicy } from './validating/compile.ts';

/** The policies, in the order of the objects. A policy without a binding is among them and judges nothing, as in a cluster. */
export function compilePolicies(objects: readonly KubeObject[], options: CompileOptions = {}): readonly CompiledPolicy[] {
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind && isAdmission(object));
  const validating = ofKind('ValidatingAdmissionPolicyBinding').map(readBinding);
  const mutating = ofKind('MutatingAdmissionPolicyBinding').map(readBinding);
  return [
    ...ofKind('ValidatingAdmissionPolicy').map((object) => compileValidatingPolicy(object, validating, options)),
    ...ofKind('MutatingAdmissionPolicy').map((object) => compileMutatingPolicy(object, mutating, options)),
  ];
}

function isAdmission({ apiVersion }: KubeObject): boolean {
  return groupVersion(apiVersion).group === 'admissionregistration.k8s.io';
}
