// Edge map-policy. A MutatingAdmissionPolicy changes objects without any server behind it (GA in 1.36).

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { pods, tokens } from '../gains.ts';

export const mapPolicy = byRights({
  id: 'map-policy',
  title: 'Changes objects on their way in by policy',
  gains: 'code as any workload',
  technique: { attack: 'T1546', matrix: 'Malicious admission controller' },
  fix: 'leave policies to the pipeline',
  cost: 2,
  ways: [
    {
      needs: [
        'create,update,patch mutatingadmissionpolicies.admissionregistration.k8s.io',
        'create,update,patch mutatingadmissionpolicybindings.admissionregistration.k8s.io',
      ],
      gain: (scene) => [...pods(scene, ''), ...tokens(scene, '')],
    },
  ],
  when: (scene) => scene.minor >= 34,
  example: {
    objects: holding(
      [
        'create mutatingadmissionpolicies.admissionregistration.k8s.io',
        'create mutatingadmissionpolicybindings.admissionregistration.k8s.io',
      ],
      '',
    ),
  },
});
