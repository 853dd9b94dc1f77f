// What expressions of admission policies see (k8s.io/apiserver/pkg/admission/plugin/cel/compile.go): `object`, `oldObject`, `request`,
// `namespaceObject`, and where they are declared `params`, `authorizer`, `variables` and the objects that mutations are made of.

import { type Environment, extend } from '../../languages/cel/environment.ts';
import { readType } from '../../languages/cel/function.ts';
import { kubernetesEnvironment } from '../../languages/cel/kubernetes.ts';
import { listOf, mapTypeOf, objectType, type Type, types } from '../../languages/cel/type.ts';

export interface Declared {
  readonly params: boolean;
  readonly authorizer: boolean;
  /** `Object{…}` and `JSONPatch{…}`. */
  readonly mutation?: boolean;
}

/** The name under which `authorizer.requestResource` is declared. */
export const requestResource = 'authorizer.requestResource';

/** The environment of a version of Kubernetes, 1.`minor`. `object` is the type of `object` and `oldObject` where a schema is known. */
export function admissionEnvironment(minor: number | undefined, declared: Declared, typed: Typed = {}): Environment {
  const { params, authorizer, mutation = false } = declared;
  const environment = extend(kubernetesEnvironment(minor, { mutation }), {
    variables: {
      object: typed.object ?? types.dyn,
      oldObject: typed.object ?? types.dyn,
      request: admissionRequestType,
      namespaceObject: namespaceType,
      ...(params && { params: typed.params ?? types.dyn }),
      ...(authorizer && { authorizer: readType('authorizer'), [requestResource]: readType('resourceCheck') }),
    },
  });
  return mutation ? { ...environment, objects: new MutationTypes(environment.objects) } : environment;
}

export interface Typed {
  readonly object?: Type;
  readonly params?: Type;
}

/** With `variables`, each of the type its expression has. */
export function withVariables(environment: Environment, variables: ReadonlyMap<string, Type>): Environment {
  const extended = extend(environment, { variables: { variables: objectType('kubernetes.variables', variables) } });
  return { ...extended, objects: environment.objects };
}

/** Fields that may all be set, to anything. */
class AnyField extends Map<string, Type> {
  override get(): Type {
    return types.dyn;
  }
}

const anyField: ReadonlyMap<string, Type> = new AnyField();

export const mutationObject: Type = { ...objectType('Object', anyField), open: true };

export const jsonPatchObject: Type = objectType(
  'JSONPatch',
  new Map([
    ['op', types.string],
    ['path', types.string],
    ['from', types.string],
    ['value', types.dyn],
  ]),
);

/** `Object`, and a type of its own for each path of fields below it: `Object.spec.template`. */
class MutationTypes extends Map<string, Type> {
  override get(name: string): Type | undefined {
    if (name === 'JSONPatch') return jsonPatchObject;
    if (name === 'Object') return mutationObject;
    return name.startsWith('Object.') ? { ...objectType(name, anyField), open: true } : super.get(name);
  }
}

const text = types.string;
const record = (name: string, fields: Readonly<Record<string, Type>>): Type => objectType(name, new Map(Object.entries(fields)));

const userInfoType = record('kubernetes.UserInfo', {
  username: text,
  uid: text,
  groups: listOf(text),
  extra: mapTypeOf(text, listOf(text)),
});
const kindType = record('kubernetes.GroupVersionKind', { group: text, version: text, kind: text });
const resourceType = record('kubernetes.GroupVersionResource', { group: text, version: text, resource: text });

const admissionRequestType = record('kubernetes.AdmissionRequest', {
  kind: kindType,
  resource: resourceType,
  subResource: text,
  requestKind: kindType,
  requestResource: resourceType,
  requestSubResource: text,
  name: text,
  namespace: text,
  operation: text,
  userInfo: userInfoType,
  dryRun: types.bool,
  options: types.dyn,
});

const namespaceType = record('kubernetes.Namespace', {
  metadata: record('kubernetes.NamespaceMetadata', {
    name: text,
    generateName: text,
    namespace: text,
    labels: mapTypeOf(text, text),
    annotations: mapTypeOf(text, text),
    UID: text,
    creationTimestamp: types.timestamp,
    deletionGracePeriodSeconds: types.int,
    deletionTimestamp: types.timestamp,
    generation: types.int,
    resourceVersion: text,
    finalizers: listOf(text),
  }),
  spec: record('kubernetes.NamespaceSpec', { finalizers: listOf(text) }),
  status: record('kubernetes.NamespaceStatus', {
    conditions: listOf(
      record('kubernetes.NamespaceCondition', {
        status: text,
        type: text,
        lastTransitionTime: types.timestamp,
        message: text,
        reason: text,
      }),
    ),
    phase: text,
  }),
});
