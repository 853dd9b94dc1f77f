// Edge mutating-webhook. What a webhook returns is stored: images, service accounts and volumes of every new pod.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { pods, tokens } from '../gains.ts';

export const mutatingWebhook = byRights({
  id: 'mutating-webhook',
  title: 'Changes objects on their way in',
  gains: 'code as any workload',
  technique: { attack: 'T1546', matrix: 'Malicious admission controller' },
  fix: 'leave webhooks to the pipeline; name the object in resourceNames',
  cost: 2,
  ways: [
    {
      needs: ['create,update,patch mutatingwebhookconfigurations.admissionregistration.k8s.io'],
      gain: (scene) => [...pods(scene, ''), ...tokens(scene, '')],
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['create mutatingwebhookconfigurations.admissionregistration.k8s.io'], '') },
});
