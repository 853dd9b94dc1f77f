// Admission webhooks see what they are registered for, Secrets included, and mutating ones may change it: an attacker's favourite place to stay.
// Lists every configuration for a person to look at; nothing is wrong with one by itself, so both are off until asked for.

import { asList } from '../../lib/json.ts';
import { type Control, control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';

function listing(kind: 'Validating' | 'Mutating', alias: string, what: string): Control {
  return control({
    id: `namespace/${kind.toLowerCase()}-webhooks`,
    aliases: [alias],
    severity: 'low',
    title: `Every ${kind.toLowerCase()} webhook is known and needed`,
    why: `A ${kind.toLowerCase()} webhook ${what}; one that nobody knows may be an intruder's.`,
    fix: 'Look at each configuration: who installed it, where it sends objects, and whether it is still used.',
    frameworks: ['matrix:MS-TA9015', 'attack:T1543'],
    enabled: false,
    on: objects(`admissionregistration.k8s.io/${kind}WebhookConfiguration`),
    check: ({ resource, object }) => [
      fail('/webhooks', 'review', `"${resource.name}" has ${asList(object.webhooks).length} webhooks: are they known and needed?`),
    ],
    examples: {
      pass: () => [cluster()],
      fail: () => [
        cluster({
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: `${kind}WebhookConfiguration`,
          metadata: { name: 'policy' },
          webhooks: [
            {
              name: 'policy.example.com',
              admissionReviewVersions: ['v1'],
              clientConfig: { service: { namespace: 'policy', name: 'policy', path: '/admit' } },
              failurePolicy: 'Fail',
              sideEffects: 'None',
              timeoutSeconds: 5,
              rules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }],
            },
          ],
        }),
      ],
    },
  });
}

export const validatingWebhooks = listing('Validating', 'C-0036', 'sees every object it is registered for and may refuse it');
export const mutatingWebhooks = listing('Mutating', 'C-0039', 'sees every object it is registered for and may change it');
