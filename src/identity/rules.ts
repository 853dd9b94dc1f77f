// Does a rule of a Role or ClusterRole cover a request? Exactly as the RBAC authorizer of kube-apiserver 1.36 evaluates it
// (pkg/apis/rbac/v1/evaluation_helpers.go): strings compare exactly and by case, `*` stands for whole verbs, groups and resources,
// `*/exec` for a subresource of any parent, and `pods/*` for nothing at all.
// Left out: field and label selectors, which RBAC does not look at.

import type { FieldSelector } from '../kube/field-selector.ts';
import { asList, field, isObject, type Json, strings } from '../lib/json.ts';
import { withoutEnd } from '../lib/text.ts';

/** One rule of a role. Absent lists are empty. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** A request as an authorizer sees it. `resource` empty means a request for `path`. */
export interface RequestAttributes {
  readonly verb: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly subresource: string;
  /** Empty for requests of the whole cluster. */
  readonly namespace: string;
  /** Empty for requests of a collection, creation among them. */
  readonly name: string;
  readonly path: string;
  /** What a list is narrowed to. RBAC does not look at it, the Node authorizer does. */
  readonly fieldSelector?: FieldSelector;
}

/** Reads one rule; other shapes grant nothing. */
export function readRule(value: Json | undefined): PolicyRule {
  return {
    verbs: strings(field(value, 'verbs')),
    apiGroups: strings(field(value, 'apiGroups')),
    resources: strings(field(value, 'resources')),
    resourceNames: strings(field(value, 'resourceNames')),
    nonResourceURLs: strings(field(value, 'nonResourceURLs')),
  };
}

/** The rules of a Role or ClusterRole, as written. Of one object they are read once. */
export function readRules(role: unknown): readonly PolicyRule[] {
  if (!isObject(role)) return [];
  let rules = known.get(role);
  if (rules === undefined) {
    rules = asList(field(role, 'rules')).map(readRule);
    known.set(role, rules);
  }
  return rules;
}

const known = new WeakMap<object, readonly PolicyRule[]>();

/** A request for a resource of a group, `pods` or `pods/exec`. `request('get', '', 'pods/exec', { namespace: 'shop', name: 'web-0' })`. */
export function request(
  verb: string,
  apiGroup: string,
  resource: string,
  where: { readonly namespace?: string; readonly name?: string } = {},
): RequestAttributes {
  const slash = resource.indexOf('/');
  return {
    verb,
    apiGroup,
    resource: slash < 0 ? resource : resource.slice(0, slash),
    subresource: slash < 0 ? '' : resource.slice(slash + 1),
    namespace: where.namespace ?? '',
    name: where.name ?? '',
    path: '',
  };
}

/** True where the rule allows the request. The scope of the binding is the caller's: see `grants.ts`. */
export function ruleAllows(rule: PolicyRule, wanted: RequestAttributes): boolean {
  return ruleAllowsSomeName(rule, wanted) && (wanted.resource === '' || resourceNameMatches(rule, wanted.name));
}

/** True where the rule allows the request for at least one name, whatever the request's own. */
export function ruleAllowsSomeName(rule: PolicyRule, wanted: RequestAttributes): boolean {
  return hasWord(rule.verbs, wanted.verb) && ruleIsAbout(rule, wanted);
}

/** True where the rule is about what the request is about, whatever the verbs and the name. */
export function ruleIsAbout(rule: PolicyRule, wanted: RequestAttributes): boolean {
  if (wanted.resource === '') return pathMatches(rule, wanted.path);
  if (!hasWord(rule.apiGroups, wanted.apiGroup)) return false;
  for (const entry of rule.resources) if (resourceEntryMatches(entry, wanted.resource, wanted.subresource)) return true;
  return false;
}

function hasWord(words: readonly string[], word: string): boolean {
  return words.includes(word) || words.includes('*');
}

/** True where one entry of a rule's `resources` stands for the resource. */
export function resourceEntryMatches(entry: string, resource: string, subresource: string): boolean {
  if (entry === '*') return true;
  if (subresource === '') return entry === resource;
  return entry === `${resource}/${subresource}` || entry === `*/${subresource}`;
}

/** A rule without names is for all of them. A request without a name is never for a named one: `create` cannot be limited by names. */
function resourceNameMatches(rule: PolicyRule, name: string): boolean {
  return rule.resourceNames.length === 0 || rule.resourceNames.includes(name);
}

function pathMatches(rule: PolicyRule, path: string): boolean {
  return rule.nonResourceURLs.some((own) => own === '*' || own === path || (own.endsWith('*') && path.startsWith(withoutEnd(own, '*'))));
}
