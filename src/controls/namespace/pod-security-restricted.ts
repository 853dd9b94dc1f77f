// The level restricted asks for what a program needs no right for: no root, no added capabilities, no escalation. Namespaces that enforce less
// than baseline are namespace/pod-security-baseline, and are not named twice.

import { control, fail } from '../control.ts';
import { cluster } from '../examples.ts';
import { isExempt, namespaces, systemNamespaces } from '../namespaces.ts';
import { enforced, enforcePath } from './pod-security.ts';
import { namespaceWith } from './pod-security-baseline.ts';

export const podSecurityRestricted = control({
  id: 'namespace/pod-security-restricted',
  aliases: [
    'C-0197',
    'C-0198',
    'C-0200',
    'C-0201',
    'rule:pod-security-admission-restricted-applied-1',
    'rule:pod-security-admission-restricted-applied-2',
    'PSA-003',
  ],
  severity: 'low',
  title: 'Namespaces enforce the level restricted of the Pod Security Standards',
  why: 'At baseline pods may still run as root and keep default capabilities, which is what most escapes from containers start from.',
  fix: 'Set the label pod-security.kubernetes.io/enforce to restricted once the workloads comply; audit and warn show which do not.',
  frameworks: ['cis:5.2.6', 'cis:5.2.7', 'cis:5.2.9', 'nsa:pod-security', 'stig:V-242437', 'attack:T1611', 'owasp:K04'],
  parameters: { exempt: systemNamespaces },
  on: namespaces,
  check: (subject, context) =>
    isExempt(subject.name, context) || enforced(subject) !== 'baseline'
      ? []
      : [fail(enforcePath, 'baseline', `namespace "${subject.name}" enforces baseline, not restricted`)],
  examples: {
    pass: () => [cluster()],
    fail: () => [cluster(namespaceWith({ 'pod-security.kubernetes.io/enforce': 'baseline' }))],
  },
});
