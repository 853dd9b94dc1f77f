// Edge coredns-cm. Answers names of the cluster wrongly.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const corednsCm = byRights({
  id: 'coredns-cm',
  title: 'Answers names of the cluster wrongly',
  gains: 'traffic by name',
  technique: { attack: 'T1584.002', matrix: 'CoreDNS poisoning' },
  fix: 'take writing of ConfigMaps in kube-system away',
  cost: 2,
  ways: [
    { needs: ['update,patch configmaps kube-system/coredns'], gain: (scene) => effect(scene, '', 'names of the cluster answered wrongly') },
  ],
  example: { objects: holding(['patch configmaps kube-system/coredns'], 'kube-system') },
});
