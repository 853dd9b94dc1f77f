// Edge disable-guard. Switches off guards of admission.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const disableGuard = byRights({
  id: 'disable-guard',
  title: 'Switches off guards of admission',
  gains: 'admission without its guards',
  technique: { attack: 'T1562.001', matrix: '' },
  fix: 'leave policies to the pipeline',
  cost: 1,
  ways: [
    {
      needs: [
        'delete,patch,update validatingadmissionpolicies.admissionregistration.k8s.io | delete,patch,update validatingadmissionpolicybindings.admissionregistration.k8s.io | delete validatingwebhookconfigurations.admissionregistration.k8s.io | delete,patch,update clusterpolicies.kyverno.io | delete,patch,update policies.kyverno.io | delete,patch,update constrainttemplates.templates.gatekeeper.sh',
      ],
      gain: (scene, scope) => effect(scene, scope, 'guards of admission switched off'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['delete validatingadmissionpolicies.admissionregistration.k8s.io'], '') },
});
