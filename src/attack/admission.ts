// Would admission let a privileged pod into a namespace? Pod Security's labels decide for sure where they forbid it. Where they do not,
// policies of others may: validating webhooks, ValidatingAdmissionPolicies, Kyverno and Gatekeeper. What those decide is not evaluated here,
// so that the answer is unknown where one of them is there.

import { labelsOf } from '../kube/object.ts';
import { labelPrefix, policyOf } from '../policy/pod-security/labels.ts';
import { find, ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import type { Evidence } from './graph.ts';
import { type Repair, setting } from './repair.ts';

export interface Admission {
  readonly privileged: 'yes' | 'no' | 'unknown';
  readonly evidence: Evidence;
  readonly repair: Repair | undefined;
}

const guards: readonly (readonly [group: string, kind: string])[] = [
  ['admissionregistration.k8s.io', 'ValidatingAdmissionPolicyBinding'],
  ['admissionregistration.k8s.io', 'ValidatingWebhookConfiguration'],
  ['kyverno.io', 'ClusterPolicy'],
  ['kyverno.io', 'Policy'],
  ['policies.kyverno.io', 'ValidatingPolicy'],
];

/** The admission of each namespace; '' asks whether some namespace lets privileged pods in. */
export function admissionOf(snapshot: Snapshot): (namespace: string) => Admission {
  const known = new Map<string, Admission>();
  const guard =
    guards.flatMap(([group, kind]) => ofKind(snapshot, group, kind)).find(looksAtPods) ??
    snapshot.resources.find(({ group }) => group === 'constraints.gatekeeper.sh');
  const of = (namespace: string): Admission => {
    let found = known.get(namespace);
    if (found === undefined) {
      found = namespace === '' ? anywhere() : judge(snapshot, namespace, guard);
      known.set(namespace, found);
    }
    return found;
  };
  const anywhere = (): Admission =>
    guard === undefined
      ? { privileged: 'yes', evidence: { text: 'kube-system takes privileged pods in every cluster', path: '' }, repair: undefined }
      : {
          privileged: 'unknown',
          evidence: { resource: guard, path: '', text: `${guard.kind} ${guard.name} may refuse privileged pods` },
          repair: undefined,
        };
  return of;
}

function looksAtPods({ kind, object }: Resource): boolean {
  if (kind !== 'ValidatingWebhookConfiguration') return true;
  const text = JSON.stringify(object.webhooks ?? '');
  return text.includes('"pods"') || text.includes('"*"') || text.includes('"*/*"');
}

function judge(snapshot: Snapshot, name: string, guard: Resource | undefined): Admission {
  const namespace = find(snapshot, '', 'Namespace', '', name);
  const label = `${labelPrefix}enforce`;
  if (namespace === undefined)
    return {
      privileged: guard === undefined ? 'yes' : 'unknown',
      evidence: { text: `nothing read says that namespace ${name} enforces a Pod Security level`, path: '' },
      repair: {
        id: `pod-security ${name}`,
        text: `make namespace ${name} enforce the Pod Security level baseline`,
        effort: 3,
        changes: [{ kind: 'add', object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [label]: 'baseline' } } } }],
      },
    };
  const { level } = policyOf(labelsOf(namespace.object)).policy.enforce;
  const path = `/metadata/labels/${label.replace('/', '~1')}`;
  const evidence: Evidence = {
    resource: namespace,
    path: level === 'privileged' ? '/metadata' : path,
    text: `namespace ${name} enforces the Pod Security level ${level}`,
  };
  if (level !== 'privileged') return { privileged: 'no', evidence, repair: undefined };
  const system = ['kube-system', 'kube-public', 'kube-node-lease'].includes(name);
  const repair: Repair = {
    id: `pod-security ${name}`,
    text: `make namespace ${name} enforce the Pod Security level baseline`,
    effort: 3,
    changes: [{ kind: 'patch', resource: namespace, patch: setting(namespace.object, path, 'baseline') }],
  };
  return { privileged: guard === undefined ? 'yes' : 'unknown', evidence, repair: system ? undefined : repair };
}
