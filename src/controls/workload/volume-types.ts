// Volumes that reach storage of the network or devices of the node past PersistentVolumes, and so past the rights on them. Pod Security
// Standards, restricted, "Volume Types", without hostPath, which has its own control.

import { asString } from '../../lib/json.ts';
import { tokens } from '../../lib/json-pointer.ts';
import { offenceOf } from '../../policy/pod-security/evaluate.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const volumeTypes = control({
  id: 'workload/volume-types',
  aliases: ['KSV-0028'],
  severity: 'low',
  title: 'Volumes are of the types that need no trust in the pod',
  why: 'Whoever writes the pod chooses server, path and credentials of such a volume, and drivers in the kernel of the node read what comes back.',
  fix: 'Provide the storage as a PersistentVolume and use a PersistentVolumeClaim.',
  frameworks: ['pss:restricted', 'nsa:pod-security', 'owasp:K01', 'bsi:APP.4.4.A4'],
  on: pods,
  check: ({ pod }, context) =>
    (offenceOf(pod, 'restrictedVolumes', context.snapshot.facts.kubernetesVersion)?.paths ?? []).flatMap((path) => {
      const type = tokens(path).at(-1);
      if (type === 'hostPath') return [];
      const volume = pod.volumes.find((candidate) => path.startsWith(`${candidate.path}/`));
      return [fail(path, 'restricted-type', `volume "${asString(volume?.spec.name) ?? ''}" is of type ${type}`)];
    }),
  examples: {
    pass: () => [cluster(deployment({ pod: { volumes: [{ name: 'scratch' }, { name: 'tmp', emptyDir: {} }] } }))],
    fail: () => [cluster(deployment({ pod: { volumes: [{ name: 'share', nfs: { server: 'files.example.com', path: '/' } }] } }))],
  },
});
