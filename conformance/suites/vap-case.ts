// A case of the vap suite, and the cluster it describes: the request as admission sees it and the ports behind it.

import { atomOf } from '../../src/kube/apply/atom.ts';
import { parseFieldSelector } from '../../src/kube/field-selector.ts';
import type { GroupVersionKind, KubeObject } from '../../src/kube/object.ts';
import { withDefaults } from '../../src/kube/schema/defaults/apply.ts';
import type { Release } from '../../src/kube/schema/release.ts';
import { parseSelector } from '../../src/kube/selector.ts';
import type { AuthorizationAnswer, AuthorizationQuestion } from '../../src/languages/cel/library/authorizer.ts';
import { dig, type Json, type JsonObject, sameJson } from '../../src/lib/json.ts';
import type { AdmissionContext, AdmissionInput, GroupVersionResource, ParamSource } from '../../src/policy/admission.ts';
import type { EncodedValue } from './cel-value.ts';

export interface Case {
  readonly id: string;
  readonly kind: string;
  readonly request?: Partial<Omit<AdmissionInput, 'subResource'>> & { readonly subResource?: string };
  readonly object?: Json;
  readonly oldObject?: Json;
  readonly params?: Json;
  readonly namespaceObject?: JsonObject;
  readonly hasParams?: boolean;
  readonly hasAuthorizer?: boolean;
  readonly authorizer?: Authorizer;
  readonly kubernetes?: string;
  readonly environment?: string;
  readonly perCallLimit?: number;
  readonly costBudget?: number;
  readonly expressions?: readonly string[];
  readonly variables?: Json;
  readonly matchConditions?: Json;
  readonly policy?: KubeObject;
  readonly policies?: readonly KubeObject[];
  readonly bindings?: readonly KubeObject[];
  readonly mutations?: readonly Json[];
  readonly matchResources?: JsonObject;
  readonly kinds?: readonly { readonly apiVersion: string; readonly kind: string; readonly resource: string; readonly scope: string }[];
  readonly namespaces?: readonly JsonObject[];
  readonly equivalents?: readonly (GroupVersionResource & { readonly subResource?: string; readonly kind: GroupVersionKind })[];
  readonly schema?: JsonObject | null;
  readonly expect: Expected;
}

interface Authorizer {
  readonly allow?: JsonObject;
  readonly otherwise?: { readonly decision?: string; readonly reason?: string; readonly error?: string };
}

export interface Expected {
  readonly results?: readonly { readonly value?: EncodedValue; readonly error?: string }[];
  readonly remainingBudget?: number;
  readonly exceeded?: 'budget' | 'call';
  readonly error?: string;
  readonly valid?: boolean;
  readonly decisions?: readonly { readonly action: string; readonly reason?: string; readonly message?: string }[];
  readonly auditAnnotations?: Json;
  readonly matches?: boolean;
  readonly failedCondition?: string;
  readonly matchedKind?: GroupVersionKind;
  readonly matchedResource?: GroupVersionResource;
  readonly labels?: JsonObject;
  readonly allowed?: boolean;
  readonly usedParams?: readonly string[];
  readonly warnings?: number | readonly string[];
  readonly eachContains?: readonly string[];
  readonly fieldRefs?: readonly string[];
  readonly object?: Json;
}

export function inputOf({ request = {}, object = null, oldObject = null }: Case): AdmissionInput {
  return {
    operation: request.operation ?? 'CREATE',
    kind: request.kind ?? { group: '', version: '', kind: '' },
    resource: request.resource ?? { group: '', version: '', resource: '' },
    subResource: request.subResource ?? '',
    name: request.name ?? '',
    namespace: request.namespace ?? '',
    object,
    oldObject,
    userInfo: request.userInfo ?? {},
    dryRun: request.dryRun ?? false,
  };
}

/** `used` is told each parameter that a policy gets. */
export function contextOf(each: Case, release: Release, used: (param: JsonObject) => void = () => {}): AdmissionContext {
  const { namespaceObject, namespaces, authorizer, equivalents = [], kinds } = each;
  const namespace = (name: string) =>
    namespaceObject ??
    namespaces?.find((object) => dig(object, 'metadata', 'name') === name) ??
    (namespaces === undefined ? { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } : undefined);
  return {
    namespace,
    ...(authorizer !== undefined && { authorize: (_, question) => decide(authorizer, question) }),
    ...(kinds !== undefined && { params: paramsOf(each, used) }),
    equivalents: ({ resource }, subResource) =>
      equivalents
        .filter((other) => other.resource === resource && (other.subResource ?? '') === subResource)
        .map(({ kind, ...other }) => ({
          resource: { group: other.group, version: other.version, resource: other.resource },
          kind: kind.kind === '' ? undefined : kind,
        })),
    typeOf: ({ group, version, kind }) => {
      const schema = release.schemaOf(group === '' ? version : `${group}/${version}`, kind);
      return schema === undefined ? undefined : atomOf(schema);
    },
    complete: (object) => ({ object: (withDefaults(object as KubeObject, release) as Json | undefined) ?? object }),
  };
}

function paramsOf({ params, kinds = [] }: Case, used: (param: JsonObject) => void): ParamSource {
  const all = (Array.isArray(params) ? params : []) as readonly JsonObject[];
  const of = (apiVersion: string, kind: string, namespace: string) =>
    all.filter(
      (object) => object.apiVersion === apiVersion && object.kind === kind && (dig(object, 'metadata', 'namespace') ?? '') === namespace,
    );
  return {
    scopeOf: (apiVersion, kind) => {
      const found = kinds.find((known) => known.apiVersion === apiVersion && known.kind === kind);
      return found === undefined ? undefined : found.scope === 'Cluster' ? 'Cluster' : 'Namespaced';
    },
    get: (apiVersion, kind, namespace, name) => {
      const found = of(apiVersion, kind, namespace).find((object) => dig(object, 'metadata', 'name') === name);
      if (found !== undefined) used(found);
      return found;
    },
    list: (apiVersion, kind, namespace) => of(apiVersion, kind, namespace),
  };
}

function decide({ allow, otherwise = {} }: Authorizer, question: AuthorizationQuestion): AuthorizationAnswer {
  if (allow !== undefined && sameJson(attributesOf(question), comparable(allow))) return { allowed: true, reason: '' };
  const { decision, reason = '', error } = otherwise;
  return { allowed: decision === 'Allow', reason, ...(error !== undefined && { error }) };
}

/** What an authorizer is asked. Of selectors counts that they are there and whether they can be read. */
function attributesOf({ serviceAccount, group, fieldSelector, labelSelector, path, ...question }: AuthorizationQuestion): JsonObject {
  const selectors = {
    ...selector('fieldSelector', fieldSelector, parseFieldSelector),
    ...selector('labelSelector', labelSelector, parseSelector),
  };
  const user = serviceAccount && {
    name: `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${serviceAccount.namespace}`],
  };
  return comparable({
    ...question,
    ...(path === undefined ? { resourceRequest: true, apiVersion: '*', apiGroup: group ?? '' } : { path }),
    ...selectors,
    ...(user && { user }),
  });
}

function selector(key: string, text: string | undefined, parse: (text: string) => { readonly ok: boolean }): JsonObject {
  return text === undefined ? {} : { [parse(text).ok ? key : `${key}Error`]: true };
}

function comparable(given: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== '' && value !== undefined && value !== null)
      .map(([key, value]) => {
        const [, name] = /^((?:field|label)Selector)/.exec(key) ?? [];
        return name === undefined ? [key, value] : [key.endsWith('Error') ? `${name}Error` : name, true];
      }),
  );
}
