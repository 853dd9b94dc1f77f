// Edge aws-auth. Maps itself to system:masters in EKS.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { admin } from '../gains.ts';

export const awsAuth = byRights({
  id: 'aws-auth',
  title: 'Maps itself to system:masters in EKS',
  gains: 'cluster-admin in EKS',
  technique: { attack: 'T1098', matrix: 'Access cloud resources' },
  fix: 'use access entries and set the authentication mode to API',
  cost: 1,
  ways: [
    {
      needs: ['update,patch configmaps kube-system/aws-auth'],
      gain: (scene) =>
        admin(scene)
          .map((gain) => ({
            ...gain,
            known: scene.provider === 'aws',
            evidence: [
              { text: scene.provider === 'aws' ? 'the nodes are of AWS' : 'counts in EKS clusters that still read aws-auth', path: '' },
            ],
          }))
          .filter(() => scene.provider === 'aws' || scene.provider === undefined),
    },
  ],
  example: { objects: holding(['patch configmaps kube-system/aws-auth'], 'kube-system') },
});
