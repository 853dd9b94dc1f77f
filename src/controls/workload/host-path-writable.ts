// A hostPath that is mounted without `readOnly: true` lets the container change the node: place a cron job, replace a program, plant a
// static pod. Microsoft threat matrix, "Writable hostPath mount".

import { asString } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, container, deployment } from '../examples.ts';
import { setField } from '../repair.ts';
import { hostPaths } from './host-paths.ts';

export const hostPathWritable = control({
  id: 'workload/host-path-writable',
  aliases: ['C-0045', 'writable-host-mount'],
  severity: 'high',
  title: "Mounts of the node's disk are read-only",
  why: 'What a container writes to the node stays there and may be run by it: the way from a container to persistence on the node.',
  fix: 'Set `readOnly: true` on the mount, or give the container a volume of its own.',
  frameworks: ['cis:5.2.11', 'nsa:pod-security', 'attack:T1611', 'matrix:MS-TA9013', 'owasp:K01', 'pci:3.1.a', 'bsi:APP.4.4.A4'],
  on: pods,
  check: ({ pod, containers }) => {
    const volumes = new Map(hostPaths(pod).map((volume) => [volume.name, volume]));
    if (volumes.size === 0) return [];
    return containers.flatMap((container) =>
      container.volumeMounts.flatMap((mount) => {
        const volume = volumes.get(asString(mount.spec.name) ?? '');
        if (volume === undefined || mount.spec.readOnly === true) return [];
        return [
          fail(`${mount.path}/readOnly`, 'writable', `container "${container.name}" may write to ${volume.written} of the node`, {
            container: container.name,
          }),
        ];
      }),
    );
  },
  repair: ({ path }, object) => setField(object, path, true),
  examples: {
    pass: () => [cluster(deployment({ pod: { volumes: [{ name: 'scratch', emptyDir: {} }] } }))],
    fail: () => [
      cluster(
        deployment({
          pod: {
            volumes: [{ name: 'shop', hostPath: { path: '/opt/shop' } }],
            containers: [container({ volumeMounts: [{ name: 'shop', mountPath: '/shop' }] })],
          },
        }),
      ),
    ],
  },
  overlaps: ['workload/host-path'],
});
