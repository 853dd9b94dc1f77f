// `matchConstraints` of policies and `matchResources` of bindings (admissionregistration.k8s.io/v1 MatchResources, kube-apiserver 1.36,
// plugin/policy/matching): selectors of namespace and object, excluded rules, rules, and equivalent resources. Errors of selectors count
// only where the rules match.

import { labelSelector, matches, type Selector } from '../kube/selector.ts';
import { asList, asString, field, type Json, strings } from '../lib/json.ts';
import { type AdmissionContext, type AdmissionInput, type GroupVersionResource, type Sent, sentAs } from './admission.ts';
import { type AdmissionRequest, namespaceLabels, selectsObject } from './admission-request.ts';

export interface ResourceRule {
  readonly operations: readonly string[];
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly (readonly [resource: string, subResource: string])[];
  readonly resourceNames: readonly string[];
  readonly scope: string;
}

/** A selector, what is wrong with it, or undefined for one that selects nothing. */
export type ReadSelector = Selector | string | undefined;

export interface MatchResources {
  readonly namespaceSelector: ReadSelector;
  readonly objectSelector: ReadSelector;
  readonly rules: readonly ResourceRule[];
  readonly excluded: readonly ResourceRule[];
  readonly equivalent: boolean;
}

/** What a request is to a policy that matches it: the kind and resource that the policy asked for. */
export type Matched = Sent;

/** Reads MatchResources as the API server stores them: absent selectors select everything, matchPolicy is Equivalent. */
export function readMatchResources(value: Json | undefined): MatchResources {
  return {
    namespaceSelector: readSelector(field(value, 'namespaceSelector')),
    objectSelector: readSelector(field(value, 'objectSelector')),
    rules: asList(field(value, 'resourceRules')).map(readRule),
    excluded: asList(field(value, 'excludeResourceRules')).map(readRule),
    equivalent: (asString(field(value, 'matchPolicy')) ?? 'Equivalent') === 'Equivalent',
  };
}

function readSelector(value: Json | undefined): ReadSelector {
  const parsed = labelSelector(value ?? {});
  return parsed.ok ? parsed.value : parsed.problem;
}

function readRule(value: Json): ResourceRule {
  return {
    operations: strings(field(value, 'operations')),
    apiGroups: strings(field(value, 'apiGroups')),
    apiVersions: strings(field(value, 'apiVersions')),
    resources: strings(field(value, 'resources')).map((text) => {
      const slash = text.indexOf('/');
      return slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash + 1)];
    }),
    resourceNames: strings(field(value, 'resourceNames')),
    scope: asString(field(value, 'scope')) ?? '*',
  };
}

/** Undefined where a request is not matched; a text where that cannot be said. */
export function matchesRequest(match: MatchResources, request: AdmissionRequest): Matched | string | undefined {
  const namespace = matchesNamespace(match.namespaceSelector, request);
  if (namespace === false) return undefined;
  const object = matchesObject(match.objectSelector, request);
  if (object === false) return undefined;
  const found = matchesResource(match, request.input, request.context);
  if (found === undefined || typeof found === 'string') return found;
  return typeof namespace === 'string' ? namespace : typeof object === 'string' ? object : found;
}

/** The part of a match that needs no look at objects. */
export function matchesResource(match: MatchResources, input: AdmissionInput, context: AdmissionContext): Matched | string | undefined {
  if (match.excluded.length > 0) {
    const excluded = matchesRules(match.excluded, match.equivalent, input, context);
    if (excluded !== undefined) return typeof excluded === 'string' ? excluded : undefined;
  }
  if (match.rules.length === 0) return sentAs(input);
  return matchesRules(match.rules, match.equivalent, input, context);
}

function matchesNamespace(selector: ReadSelector, request: AdmissionRequest): boolean | string {
  const { namespace, resource } = request.input;
  if (namespace === '' && resource.resource !== 'namespaces') return true;
  if (selector === undefined || typeof selector === 'string') return internal(selector);
  if (selector.length === 0) return true;
  const labels = namespaceLabels(request);
  return typeof labels === 'string' ? labels : matches(selector, labels);
}

function matchesObject(selector: ReadSelector, request: AdmissionRequest): boolean | string {
  if (selector === undefined || typeof selector === 'string') return internal(selector);
  return selector.length === 0 || selectsObject(request, selector);
}

function internal(wrong: string | undefined): false | string {
  return wrong === undefined ? false : `Internal error occurred: ${wrong}`;
}

function matchesRules(
  rules: readonly ResourceRule[],
  equivalent: boolean,
  input: AdmissionInput,
  context: AdmissionContext,
): Matched | string | undefined {
  const sent = sentAs(input);
  for (const rule of rules) if (matchesRule(rule, sent.resource, input)) return sent;
  if (!equivalent) return undefined;
  const others = context.equivalents?.(sent.resource, input.subResource) ?? [];
  for (const rule of rules)
    for (const { resource, kind } of others) {
      if (sameResource(resource, sent.resource) || !matchesRule(rule, resource, input, kind === undefined)) continue;
      if (kind === undefined)
        return `unable to convert to ${resource.group}/${resource.version}, Resource=${resource.resource}: unknown kind`;
      return { resource, kind };
    }
  return undefined;
}

function sameResource(a: GroupVersionResource, b: GroupVersionResource): boolean {
  return a.resource === b.resource && a.group === b.group && a.version === b.version;
}

/** `anyName`: the names of the rule are left out. */
function matchesRule(rule: ResourceRule, resource: GroupVersionResource, input: AdmissionInput, anyName = false): boolean {
  return (
    inScope(rule.scope, resource, input.namespace) &&
    has(rule.operations, input.operation) &&
    has(rule.apiGroups, resource.group) &&
    has(rule.apiVersions, resource.version) &&
    rule.resources.some(([name, sub]) => (name === '*' || name === resource.resource) && (sub === '*' || sub === input.subResource)) &&
    (anyName || rule.resourceNames.length === 0 || rule.resourceNames.includes(input.name))
  );
}

function has(list: readonly string[], wanted: string): boolean {
  for (const item of list) if (item === '*' || item === wanted) return true;
  return false;
}

function inScope(scope: string, { group, version, resource }: GroupVersionResource, namespace: string): boolean {
  if (scope === '*') return true;
  const clusterWide = namespace === '' || (resource === 'namespaces' && group === '' && version === 'v1');
  return scope === 'Cluster' ? clusterWide : scope === 'Namespaced' && !clusterWide;
}
