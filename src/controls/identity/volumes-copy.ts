// Snapshots and volumes made from them carry data past whatever guarded the pod that wrote it (snapshot.storage.k8s.io).
import { harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const volumesCopy = right({
  id: 'identity/volumes-copy',
  aliases: [],
  severity: 'low',
  title: 'No role copies volumes',
  why: 'A snapshot can be restored into a volume of the holder, who reads there what a database keeps to itself.',
  fix: 'Keep snapshots for the backup program, in its own namespace.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1005', 'owasp:K03'],
  lets: 'copy the data of volumes',
  rights: [
    {
      verbs: ['create', 'update', 'patch'],
      group: 'snapshot.storage.k8s.io',
      resources: ['volumesnapshots', 'volumesnapshotcontents'],
    },
  ],
  examples: {
    pass: () => [harmless(), inNamespace(rule('snapshot.storage.k8s.io', ['volumesnapshots'], ['get', 'list']))],
    fail: () => [inNamespace(rule('snapshot.storage.k8s.io', ['volumesnapshots'], ['create']))],
  },
});
