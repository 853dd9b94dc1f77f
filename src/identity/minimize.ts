// The least rights that allow what was recorded. Requests go from the general to the particular, and each that nothing before it allows
// becomes a rule (the method of audit2rbac); then rules that differ in one field alone are put together. What is recorded is all that is
// known: rare and future needs are not in it, so widening is offered and never done silently.

import { mergeRules } from './compact.ts';
import { type PolicyRule, type RequestAttributes, ruleAllows } from './rules.ts';

export interface Widening {
  /** Reading verbs together, and writing verbs together: a list also gets and watches, an update also gets and patches. */
  readonly verbs: boolean;
  /** Two different names of one resource become any name. */
  readonly names: boolean;
  /** Two different namespaces become the whole cluster. */
  readonly namespaces: boolean;
}

/** Rules by namespace; '' is the whole cluster. */
export type MinimalRules = ReadonlyMap<string, readonly PolicyRule[]>;

const families: Readonly<Record<string, readonly string[]>> = {
  watch: ['get', 'list', 'watch'],
  list: ['get', 'list', 'watch'],
  update: ['get', 'patch', 'update'],
  patch: ['get', 'patch', 'update'],
};

/**
 * The rules that allow every request that `isAllowed` does not.
 * `minimalRules([request('get', '', 'pods', { namespace: 'shop', name: 'web' })], () => false, { verbs: false, names: false, namespaces: false })`
 * is one rule in the namespace shop, for `get` on the pod web alone.
 */
export function minimalRules(
  requests: readonly RequestAttributes[],
  isAllowed: (wanted: RequestAttributes) => boolean,
  widening: Widening,
): MinimalRules {
  const open = distinct(requests).filter((wanted) => !isAllowed(wanted));
  const others = differing(open, widening);
  const made = new Map<string, PolicyRule[]>();
  for (const wanted of open.sort(fromGeneralToParticular)) {
    const scopes = wanted.namespace === '' ? [''] : ['', wanted.namespace];
    if (scopes.some((scope) => made.get(scope)?.some((rule) => ruleAllows(rule, wanted)) === true)) continue;
    const namespace = others.namespaces(wanted) ? '' : wanted.namespace;
    const rule = ruleFor(wanted, widening.verbs, others.names(wanted));
    made.set(namespace, [...(made.get(namespace) ?? []), rule]);
  }
  return new Map([...made].sort(([a], [b]) => (a < b ? -1 : 1)).map(([namespace, rules]) => [namespace, mergeRules(rules)]));
}

function ruleFor(wanted: RequestAttributes, widenVerbs: boolean, anyName: boolean): PolicyRule {
  const none = { apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };
  if (wanted.resource === '') return { ...none, verbs: [wanted.verb], nonResourceURLs: [wanted.path] };
  const family = widenVerbs && Object.hasOwn(families, wanted.verb) ? families[wanted.verb] : undefined;
  return {
    ...none,
    verbs: family ?? [wanted.verb],
    apiGroups: [wanted.apiGroup],
    resources: [wanted.subresource === '' ? wanted.resource : `${wanted.resource}/${wanted.subresource}`],
    resourceNames: wanted.name === '' || anyName ? [] : [wanted.name],
  };
}

/** Which requests come with several names or namespaces. Only values that are not empty count as different. */
function differing(requests: readonly RequestAttributes[], { names, namespaces }: Widening) {
  const key = ({ verb, apiGroup, resource, subresource }: RequestAttributes, more: string) =>
    JSON.stringify([verb, apiGroup, resource, subresource, more]);
  const nameKey = (wanted: RequestAttributes) => key(wanted, namespaces ? '' : wanted.namespace);
  const namespaceKey = (wanted: RequestAttributes) => key(wanted, names ? '' : wanted.name);
  const seen = (keyOf: (wanted: RequestAttributes) => string, pick: (wanted: RequestAttributes) => string) => {
    const values = new Map<string, Set<string>>();
    for (const wanted of requests)
      if (pick(wanted) !== '') values.set(keyOf(wanted), (values.get(keyOf(wanted)) ?? new Set()).add(pick(wanted)));
    return (wanted: RequestAttributes) => wanted.resource !== '' && pick(wanted) !== '' && (values.get(keyOf(wanted))?.size ?? 0) > 1;
  };
  const severalNames = seen(nameKey, ({ name }) => name);
  const severalNamespaces = seen(namespaceKey, ({ namespace }) => namespace);
  return {
    names: (wanted: RequestAttributes) => names && severalNames(wanted),
    namespaces: (wanted: RequestAttributes) => namespaces && severalNamespaces(wanted),
  };
}

function distinct(requests: readonly RequestAttributes[]): RequestAttributes[] {
  const byText = new Map<string, RequestAttributes>();
  for (const wanted of requests) {
    const { verb, apiGroup, resource, subresource, namespace, name, path } = wanted;
    byText.set(JSON.stringify([verb, apiGroup, resource, subresource, namespace, name, resource === '' ? path : '']), wanted);
  }
  return [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, wanted]) => wanted);
}

/** Paths, then the whole cluster, then what has no name, then `list` before `get`. */
function fromGeneralToParticular(a: RequestAttributes, b: RequestAttributes): number {
  const order = ({ resource, namespace, name, verb }: RequestAttributes) => [
    resource === '' ? 0 : 1,
    namespace === '' ? 0 : 1,
    name === '' ? 0 : 1,
    verb === 'list' ? 0 : verb === 'get' ? 2 : 1,
  ];
  const [first, second] = [order(a), order(b)];
  for (const [index, value] of first.entries()) if (value !== second[index]) return value - (second[index] ?? 0);
  return 0;
}
