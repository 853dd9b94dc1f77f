// A PersistentVolume may point at any path of a node, and the pod that claims it names no hostPath: Pod Security does not see it.

import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const persistentVolumesCreate = right({
  id: 'identity/persistent-volumes-create',
  aliases: ['C-0278'],
  severity: 'high',
  title: 'No role creates PersistentVolumes',
  why: 'A PersistentVolume of type hostPath gives the files of the node to a pod that claims it, past every check of the pod itself.',
  fix: 'Leave PersistentVolumes to the provisioners of storage classes.',
  frameworks: [
    'cis:5.1.9',
    'nsa:authentication-and-authorization',
    'attack:T1611',
    'matrix:MS-TA9013',
    'owasp:K03',
    'bsi:APP.4.4.A9',
    'pci:1.5.b',
  ],
  lets: 'create PersistentVolumes',
  rights: [{ verbs: ['create', 'update', 'patch'], group: '', resources: ['persistentvolumes'] }],
  throughStars: true,
  examples: {
    pass: () => [harmless()],
    fail: () => [clusterWide(rule('', ['persistentvolumes'], ['create'])), clusterWide(rule('', ['persistentvolumes'], ['patch']))],
  },
});
