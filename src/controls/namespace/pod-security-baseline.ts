// Pod Security admission must enforce at least the level baseline, which keeps out the ways from a pod to its node. A namespace without the
// label admits privileged pods.

import { control, fail } from '../control.ts';
import { cluster, surroundings } from '../examples.ts';
import { isExempt, namespaces, systemNamespaces, unknownNamespace } from '../namespaces.ts';
import { setField } from '../repair.ts';
import { enforced, enforcePath } from './pod-security.ts';

export const podSecurityBaseline = control({
  id: 'namespace/pod-security-baseline',
  aliases: [
    'C-0193',
    'C-0194',
    'C-0195',
    'C-0196',
    'C-0199',
    'C-0202',
    'C-0203',
    'C-0204',
    'rule:pod-security-admission-baseline-applied-1',
    'rule:pod-security-admission-baseline-applied-2',
    'rule:pod-security-admission-restricted-applied-1',
    'rule:pod-security-admission-restricted-applied-2',
    'PSA-001',
    'PSA-002',
  ],
  severity: 'medium',
  title: 'Namespaces enforce the Pod Security Standards, at least baseline',
  why: 'Without an enforced level anyone who may create a pod in the namespace may create a privileged one, and with it take over the node.',
  fix: 'Set the label pod-security.kubernetes.io/enforce to restricted, or to baseline where workloads need it.',
  frameworks: [
    'cis:5.2.1',
    'cis:5.2.2',
    'cis:5.2.3',
    'cis:5.2.4',
    'cis:5.2.5',
    'cis:5.2.8',
    'cis:5.2.10',
    'cis:5.2.11',
    'cis:5.2.12',
    'nsa:pod-security',
    'stig:V-242437',
    'attack:T1611',
    'owasp:K04',
  ],
  parameters: { exempt: systemNamespaces },
  on: namespaces,
  check: (subject, context) => {
    if (isExempt(subject.name, context)) return [];
    const level = enforced(subject);
    switch (level) {
      case undefined:
        return [unknownNamespace(subject.name, 'a label of Pod Security admission')];
      case 'missing':
        return [fail(enforcePath, level, `namespace "${subject.name}" enforces no Pod Security Standard`)];
      case 'invalid':
        return [fail(enforcePath, level, `the Pod Security label of namespace "${subject.name}" names no level`)];
      case 'privileged':
        return [fail(enforcePath, level, `namespace "${subject.name}" enforces the level privileged, which allows everything`)];
      case 'baseline':
      case 'restricted':
        return [];
    }
  },
  repair: ({ path }, object) => setField(object, path, 'baseline'),
  examples: {
    pass: () => [cluster()],
    fail: () => [cluster(namespaceWith({})), cluster(namespaceWith({ 'pod-security.kubernetes.io/enforce': 'privileged' }))],
  },
});

/** The hardened Namespace with other labels of Pod Security admission. */
export function namespaceWith(labels: Readonly<Record<string, string>>) {
  const [namespace] = surroundings;
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    ...namespace,
    metadata: { name: 'shop', labels: { 'app.kubernetes.io/part-of': 'shop', ...labels } },
  };
}
