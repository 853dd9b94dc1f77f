// Cilium's selectors of endpoints: label selectors whose keys may carry a source (`k8s:app`, `any:app`, `reserved:host`), and some keys that are
// no labels: the namespace, its labels, the service account. Cilium 1.17, pkg/k8s/apis/cilium.io/utils. In a policy of a namespace a selector
// means that namespace, unless it names one or asks for labels of namespaces; in one of the cluster, pods of any namespace.
// Left out: labels of other sources (container, cidr, fqdn), which match nothing here, and names of other clusters.

import { labelSelector, type Requirement } from '../../kube/selector.ts';
import { isObject, type Json, textOf } from '../../lib/json.ts';
import { and, type Expression, is, not } from '../expression.ts';
import type { Complaining } from '../read-policy.ts';
import { type Entity, entities } from './entities.ts';

const namespaceKey = 'io.kubernetes.pod.namespace';
const namespaceLabels = 'io.cilium.k8s.namespace.labels.';
const accountKey = 'io.cilium.k8s.policy.serviceaccount';
const clusterKey = 'io.cilium.k8s.policy.cluster';

export type CiliumSelector =
  | { readonly kind: 'endpoints'; readonly expression: Expression }
  /** `reserved:` labels. */
  | { readonly kind: 'entities'; readonly entities: readonly Entity[] };

/** Reads a selector; `namespace` is the policy's, '' for policies of the cluster. `subject`: the policy's own selector, which cannot leave its namespace. */
export function ciliumSelector(
  value: Json | undefined,
  path: string,
  namespace: string,
  complaints: Complaining,
  subject = false,
): CiliumSelector {
  const requirements = requirementsAt(value, path, complaints);
  const reserved = requirements.filter(({ source }) => source === 'reserved');
  if (reserved.length > 0)
    return { kind: 'entities', entities: entities.filter((entity) => reserved.some(({ requirement }) => requirement.key === entity)) };
  const namesNamespace = requirements.some(({ requirement }) => requirement.key === namespaceKey);
  const namesLabels = requirements.some(({ requirement }) => requirement.key.startsWith(namespaceLabels));
  const parts = requirements
    .filter(({ requirement }) => !subject || namespace === '' || requirement.key !== namespaceKey)
    .map(({ source, requirement }) => {
      if (source === '' || source === 'any' || source === 'k8s') return expressionOf(requirement);
      complaints.warn('network/not-evaluated', path, `labels of source "${source}" are not known; the selector is taken to match nothing`);
      return { kind: 'never' } as const;
    });
  if (namespace !== '' && (subject || (!namesNamespace && !namesLabels))) parts.push(is('namespace', '', 'in', [namespace]));
  else if (namespace === '' && !namesNamespace) parts.push(is('namespace', '', 'has'));
  return { kind: 'endpoints', expression: and(...parts) };
}

interface Sourced {
  readonly source: string;
  readonly requirement: Requirement;
}

/** Requirements with the sources of their keys taken off. */
function requirementsAt(value: Json | undefined, path: string, { refuse }: Complaining): readonly Sourced[] {
  if (!isObject(value)) return [];
  const sources = new Map<string, string>();
  const plain = (key: string) => {
    const colon = key.indexOf(':');
    if (colon < 0) return key;
    const rest = key.slice(colon + 1);
    sources.set(rest, key.slice(0, colon));
    return rest;
  };
  const expressions = Array.isArray(value.matchExpressions) ? (value.matchExpressions as readonly Json[]) : [];
  const labels = isObject(value.matchLabels)
    ? Object.entries(value.matchLabels).map(([key, wanted]) => [plain(key), wanted ?? ''] as const)
    : [];
  const read = labelSelector({
    matchLabels: Object.fromEntries(labels),
    matchExpressions: expressions.map((expression) =>
      isObject(expression) ? { ...expression, key: plain(textOf(expression.key)) } : expression,
    ),
  });
  if (!read.ok) refuse(path, read.problem);
  return (read.ok ? (read.value ?? []) : []).map((requirement) => ({ source: sources.get(requirement.key) ?? '', requirement }));
}

function expressionOf({ key, operator, values }: Requirement): Expression {
  const about = (): Expression => {
    const verb = operator === 'In' || operator === 'NotIn' ? 'in' : 'has';
    if (key === namespaceKey) return is('namespace', '', verb, values);
    if (key === accountKey) return is('serviceAccount', '', verb, values);
    if (key === clusterKey) return values.length === 0 || values.includes('default') ? { kind: 'always' } : { kind: 'never' };
    if (key.startsWith(namespaceLabels)) return is('namespaceLabel', key.slice(namespaceLabels.length), verb, values);
    return is('label', key, verb, values);
  };
  return operator === 'NotIn' || operator === 'DoesNotExist' ? not(about()) : about();
}
