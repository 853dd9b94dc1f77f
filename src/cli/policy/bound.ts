// Bindings for policies that have none, so that a policy can be tried before it is bound: everywhere, refusing, without parameters.

import type { KubeObject } from '../../kube/object.ts';
import { nameOf } from '../../kube/object.ts';
import { asString, field } from '../../lib/json.ts';

/** A binding for each policy that no binding names. */
export function boundEverywhere(objects: readonly KubeObject[]): readonly KubeObject[] {
  const named = new Set(objects.map(({ kind, spec }) => `${kind} ${asString(field(spec, 'policyName')) ?? ''}`));
  return objects
    .filter((object) => !object.kind.endsWith('Binding') && !named.has(`${object.kind}Binding ${nameOf(object)}`))
    .map((object) => ({
      apiVersion: object.apiVersion,
      kind: `${object.kind}Binding`,
      metadata: { name: 'everywhere' },
      spec: { policyName: nameOf(object), ...(object.kind.startsWith('Validating') && { validationActions: ['Deny'] }) },
    }));
}
