// A request on its way through policies: the input, the ports, and what was already worked out for it, so that a thousand policies look at
// the namespace once. Also who is left alone: policies and webhooks never judge policies and webhooks, nor reviews of access
// (kube-apiserver 1.36, rules.IsExemptAdmissionConfigurationResource and pkg/kubeapiserver/admission/exclusion).

import { apiVersionOf, type GroupVersionKind } from '../kube/object.ts';
import { type Labels, matches, type Selector } from '../kube/selector.ts';
import type { Value } from '../languages/cel/value.ts';
import { field, isObject, type Json, type JsonObject, stringMap } from '../lib/json.ts';
import type { AdmissionContext, AdmissionInput, Sent } from './admission.ts';
import type { Activation } from './cel/activation.ts';

export interface AdmissionRequest {
  readonly input: AdmissionInput;
  readonly context: AdmissionContext;
  readonly memo: Memo;
}

/** What is computed at most once a request. */
export interface Memo {
  namespace?: JsonObject | null;
  namespaceLabels?: Labels | string;
  readonly selected: Map<Selector, boolean>;
  /** The objects where a policy matched the request as it was sent. */
  asSent?: ConvertedObjects;
  readonly versions: Map<string, ConvertedObjects>;
  readonly authorizations: Map<string, Value>;
}

export interface ConvertedObjects {
  readonly object: Json;
  readonly oldObject: Json;
  /** `request` in expressions. */
  review?: Value;
  namespaceObject?: Value;
  /** What expressions without parameters and variables see. */
  activation?: Activation;
}

/** Makes a request ready for policies. One is good for one input: a mutated object needs a new one. */
export function admissionRequest(input: AdmissionInput, context: AdmissionContext): AdmissionRequest {
  return { input, context, memo: { selected: new Map(), versions: new Map(), authorizations: new Map() } };
}

/** The same request with another object, as a mutation left it. */
export function withObject({ input, context, memo }: AdmissionRequest, object: Json): AdmissionRequest {
  const fresh = admissionRequest({ ...input, object }, context);
  if (memo.namespace !== undefined) fresh.memo.namespace = memo.namespace;
  return fresh;
}

/** The Namespace the request is in; undefined for what has none, and where there is none. */
export function namespaceOf({ input, context, memo }: AdmissionRequest): JsonObject | undefined {
  if (memo.namespace === undefined) memo.namespace = (input.namespace === '' ? undefined : context.namespace?.(input.namespace)) ?? null;
  return memo.namespace ?? undefined;
}

/**
 * The labels that a namespaceSelector sees: of the Namespace being written, else of the stored one. A text says why there are none.
 */
export function namespaceLabels(request: AdmissionRequest): Labels | string {
  const { input, memo } = request;
  if (memo.namespaceLabels === undefined) {
    const writes = input.operation === 'CREATE' || input.operation === 'UPDATE';
    const own = input.resource.resource === 'namespaces' && input.subResource === '' && writes;
    const namespace = own ? input.object : namespaceOf(request);
    memo.namespaceLabels = isObject(namespace)
      ? stringMap(field(namespace.metadata, 'labels'))
      : `namespaces ${JSON.stringify(input.namespace)} not found`;
  }
  return memo.namespaceLabels;
}

/** True where the selector selects the object that is written, or the one that was there before. */
export function selectsObject({ input, memo }: AdmissionRequest, selector: Selector): boolean {
  let known = memo.selected.get(selector);
  if (known === undefined) {
    // What has no metadata, such as the options of a connection, is selected by nothing.
    const labels = (object: Json) => {
      const metadata = field(object, 'metadata');
      return isObject(metadata) && matches(selector, stringMap(metadata.labels));
    };
    known = labels(input.object) || labels(input.oldObject);
    memo.selected.set(selector, known);
  }
  return known;
}

/** The objects in the version that a policy asked for; undefined where they cannot be converted. */
export function converted(request: AdmissionRequest, matched: Sent): ConvertedObjects | undefined {
  const { input, context, memo } = request;
  if (matched === input) {
    memo.asSent ??= { object: input.object, oldObject: input.oldObject };
    return memo.asSent;
  }
  const { kind, resource } = matched;
  const key = `${resource.group}/${resource.version} ${kind.group}/${kind.version}/${kind.kind}`;
  const known = memo.versions.get(key);
  if (known !== undefined) return known;
  const same = kind.group === input.kind.group && kind.version === input.kind.version && kind.kind === input.kind.kind;
  const convert = (object: Json): Json | undefined => (same || object === null ? object : (context.convert ?? renamed)(object, kind));
  const [object, oldObject] = [convert(input.object), convert(input.oldObject)];
  if (object === undefined || oldObject === undefined) return undefined;
  const result = { object, oldObject };
  memo.versions.set(key, result);
  return result;
}

/** The least a conversion does. Fields are those of the version that was sent. */
function renamed(object: Json, { group, version, kind }: GroupVersionKind): Json {
  return isObject(object) ? { ...object, apiVersion: apiVersionOf({ group, version }), kind } : object;
}

const policyKinds = new Set([
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
]);

const reviews: Readonly<Record<string, readonly string[]>> = {
  'authentication.k8s.io': ['selfsubjectreviews', 'tokenreviews'],
  'authorization.k8s.io': ['localsubjectaccessreviews', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'subjectaccessreviews'],
};

/** True for requests about policies and webhooks themselves, which no webhook judges. */
export function isAdmissionConfiguration({ kind }: AdmissionInput): boolean {
  return kind.group === 'admissionregistration.k8s.io' && policyKinds.has(kind.kind);
}

/** True for requests that no policy judges: those, and reviews of access. */
export function isExempt(input: AdmissionInput): boolean {
  const { resource } = input;
  if (isAdmissionConfiguration(input)) return true;
  return Object.hasOwn(reviews, resource.group) && reviews[resource.group]?.includes(resource.resource) === true;
}
