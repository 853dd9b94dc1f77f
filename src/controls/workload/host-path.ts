// A hostPath volume is a piece of the node's disk in the pod: what is written there outlives the pod, and what lies there was not meant for
// it. Pod Security Standards, baseline, "HostPath Volumes".

import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { withHostPaths } from './examples.ts';
import { hostPaths } from './host-paths.ts';

export const hostPath = control({
  id: 'workload/host-path',
  aliases: ['C-0048', 'KSV-0023', 'hostPathSet'],
  severity: 'medium',
  title: "Pods mount nothing of the node's disk",
  why: 'Files of the node give a compromised container credentials to read or programs to change, and tie the pod to one node.',
  fix: 'Use a PersistentVolumeClaim, an emptyDir, a ConfigMap or a CSI driver; leave hostPath to node agents.',
  frameworks: ['pss:baseline', 'cis:5.2.11', 'nsa:pod-security', 'attack:T1611', 'owasp:K01', 'pci:3.1.a', 'bsi:APP.4.4.A4'],
  on: pods,
  check: ({ pod }) =>
    hostPaths(pod).map(({ volume, name, written }) =>
      fail(`${volume.path}/hostPath`, 'host-path', `volume "${name}" is ${written} of the node`),
    ),
  examples: {
    pass: () => [cluster(deployment({ pod: { volumes: [{ name: 'scratch', emptyDir: {} }] } }))],
    fail: () => [cluster(withHostPaths('/opt/shop'))],
  },
});
