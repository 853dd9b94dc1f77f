// Some policy control must stand between those who create pods and the nodes: Pod Security labels on the namespace, or a webhook or admission
// policy that sees namespaced objects. Off by default: namespace/pod-security-baseline asks for the labels, which need nothing installed.

import { asList, field } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail } from '../control.ts';
import { cluster } from '../examples.ts';
import { isExempt, namespaces, systemNamespaces, unknownNamespace } from '../namespaces.ts';
import { enforced, enforcePath } from './pod-security.ts';
import { namespaceWith } from './pod-security-baseline.ts';

export const policyControl = control({
  id: 'namespace/policy-control',
  aliases: ['C-0192', 'rule:pod-security-admission-applied-1', 'rule:pod-security-admission-applied-2'],
  severity: 'medium',
  title: 'A policy control is active for every namespace',
  why: 'Without Pod Security labels, webhooks or admission policies nothing judges what is deployed, and every check comes after the fact.',
  fix: 'Label the namespace with pod-security.kubernetes.io/enforce, or install a policy engine.',
  frameworks: ['cis:5.2.1', 'nsa:pod-security', 'owasp:K04'],
  enabled: false,
  parameters: { exempt: systemNamespaces },
  on: namespaces,
  check: (subject, context) => {
    if (isExempt(subject.name, context) || hasEngine(context.snapshot)) return [];
    const level = enforced(subject);
    if (level === undefined) return [unknownNamespace(subject.name, 'a policy control')];
    return level === 'missing' || level === 'invalid'
      ? [fail(enforcePath, level, `no policy control is active for namespace "${subject.name}"`)]
      : [];
  },
  examples: {
    pass: () => [cluster()],
    fail: () => [cluster(namespaceWith({}))],
  },
  overlaps: ['namespace/pod-security-baseline'],
});

/** A webhook with a rule that is not for cluster-scoped objects alone, or a bound admission policy. */
function hasEngine(snapshot: Snapshot): boolean {
  const group = 'admissionregistration.k8s.io';
  const webhooks = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].flatMap((kind) => ofKind(snapshot, group, kind));
  return (
    ofKind(snapshot, group, 'ValidatingAdmissionPolicyBinding').length > 0 ||
    webhooks.some(({ object }) =>
      asList(object.webhooks).some((webhook) => asList(field(webhook, 'rules')).some((rule) => field(rule, 'scope') !== 'Cluster')),
    )
  );
}
