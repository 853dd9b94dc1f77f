// Edge validating-webhook. A validating webhook is sent every object it asks for, Secrets too.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect, secrets } from '../gains.ts';

export const validatingWebhook = byRights({
  id: 'validating-webhook',
  title: 'Sees objects on their way in',
  gains: 'Secrets as they are written',
  technique: { attack: 'T1557', matrix: 'Malicious admission controller' },
  fix: 'leave webhooks to the pipeline; name the object in resourceNames',
  cost: 2,
  ways: [
    {
      needs: ['create,update,patch validatingwebhookconfigurations.admissionregistration.k8s.io'],
      gain: (scene) => [...secrets(scene, ''), ...effect(scene, '', 'admission refused or let through at will')],
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['create validatingwebhookconfigurations.admissionregistration.k8s.io'], '') },
});
