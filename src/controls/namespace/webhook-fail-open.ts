// A validating webhook with `failurePolicy: Ignore` judges nothing while it does not answer: an attacker who overloads or evicts it deploys what
// he likes. Asked of webhooks that judge pods or the workloads that make them; mutating webhooks are conveniences more often than guards.

import { members } from '../../kube/pod/lower.ts';
import type { Json } from '../../lib/json.ts';
import { asList, field, strings, textOf } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { setField } from '../repair.ts';

const guarded: ReadonlySet<string> = new Set([
  '*',
  '*/*',
  'pods',
  'pods/*',
  'deployments',
  'statefulsets',
  'daemonsets',
  'replicasets',
  'jobs',
  'cronjobs',
]);

export const webhookFailOpen = control({
  id: 'namespace/webhook-fail-open',
  aliases: [],
  severity: 'low',
  title: 'Webhooks that guard workloads fail closed',
  why: 'With failurePolicy Ignore everything is admitted while the webhook is down, and bringing it down may be all an attacker needs.',
  fix: 'Set failurePolicy to Fail, run several replicas, and leave the namespace of the webhook itself out by namespaceSelector.',
  frameworks: ['attack:T1562.001', 'matrix:MS-TA9015', 'owasp:K04'],
  on: objects('admissionregistration.k8s.io/ValidatingWebhookConfiguration'),
  check: ({ object }) =>
    members(object.webhooks, '/webhooks')
      .filter(({ spec }) => spec.failurePolicy === 'Ignore' && asList(spec.rules).some(guards))
      .map(({ spec, path }) =>
        fail(`${path}/failurePolicy`, 'ignore', `webhook "${textOf(spec.name)}" lets workloads pass while it does not answer`),
      ),
  repair: ({ path }, object) => setField(object, path, 'Fail'),
  examples: {
    pass: () => [cluster(webhook('Fail'))],
    fail: () => [cluster(webhook('Ignore'))],
  },
});

function guards(rule: Json): boolean {
  return strings(field(rule, 'resources')).some((resource) => guarded.has(resource));
}

function webhook(failurePolicy: string) {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'policy' },
    webhooks: [
      {
        name: 'policy.example.com',
        admissionReviewVersions: ['v1'],
        clientConfig: { service: { namespace: 'policy', name: 'policy', path: '/admit' } },
        failurePolicy,
        sideEffects: 'None',
        timeoutSeconds: 5,
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
    ],
  };
}
