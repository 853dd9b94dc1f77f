// Edge kubeadm-cm. Poisons the joining of nodes.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const kubeadmCm = byRights({
  id: 'kubeadm-cm',
  title: 'Poisons the joining of nodes',
  gains: 'nodes to come',
  technique: { attack: 'T1195', matrix: '' },
  fix: 'take writing of ConfigMaps in kube-system away',
  cost: 3,
  ways: [
    {
      needs: ['update,patch configmaps kube-system/kubeadm-config'],
      gain: (scene) => effect(scene, '', 'settings of nodes that join or upgrade replaced'),
    },
    {
      needs: ['update,patch configmaps kube-system/kubelet-config'],
      gain: (scene) => effect(scene, '', 'settings of nodes that join or upgrade replaced'),
    },
  ],
  example: { objects: holding(['patch configmaps kube-system/kubeadm-config'], 'kube-system') },
});
