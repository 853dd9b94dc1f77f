// Edge extension-auth-cm. Poses as the front proxy to extension API servers.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const extensionAuthCm = byRights({
  id: 'extension-auth-cm',
  title: 'Poses as the front proxy to extension API servers',
  gains: 'extension API servers',
  technique: { attack: 'T1556', matrix: '' },
  fix: 'take writing of ConfigMaps in kube-system away',
  cost: 2,
  ways: [
    {
      needs: ['update,patch configmaps kube-system/extension-apiserver-authentication'],
      gain: (scene) => effect(scene, '', 'any user forged towards extension API servers'),
    },
  ],
  example: { objects: holding(['patch configmaps kube-system/extension-apiserver-authentication'], 'kube-system') },
});
