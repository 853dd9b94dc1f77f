// A privileged container shares the node's devices, capabilities and kernel: a compromise of the container is one of the node.
// Pod Security Standards, baseline, "Privileged Containers".

import { control, fail, pods } from '../control.ts';
import { cluster, container, deployment, withInitContainer } from '../examples.ts';
import { removeField } from '../repair.ts';
import { containerAt } from './effective.ts';

export const privileged = control({
  id: 'workload/privileged',
  aliases: [
    'C-0057',
    'KSV-0017',
    'CKV_K8S_16',
    'privileged-container',
    'runAsPrivileged',
    'container-security-context-privileged',
    'Privileged',
    'PrivilegedTrue',
  ],
  severity: 'critical',
  title: 'Containers are not privileged',
  why: 'A privileged container can load kernel modules, mount the node disk and read every Secret on the node.',
  fix: 'Remove `privileged: true`; add the single capability or device the program needs.',
  frameworks: [
    'pss:baseline',
    'cis:5.2.2',
    'nsa:pod-security',
    'attack:T1611',
    'matrix:MS-TA9018',
    'owasp:K01',
    'pci:3.1.a',
    'bsi:APP.4.4.A4',
    'stig:V-242437',
  ],
  overlaps: ['hygiene/rejected-by-server'],
  on: pods,
  check: ({ containers }) =>
    containers
      .filter((container) => container.securityContext.privileged === true)
      .map((container) =>
        fail(container.at('/securityContext/privileged'), 'privileged', `container "${container.name}" is privileged`, {
          container: container.name,
        }),
      ),
  // Mounts that propagate to the node are for privileged containers alone: the API server would refuse the object.
  repair: ({ path }, object) => {
    const mounts = containerAt(object, path)?.container.volumeMounts ?? [];
    return mounts.some(({ spec }) => spec.mountPropagation === 'Bidirectional') ? undefined : removeField(object, path);
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(deployment({ pod: { containers: [container({ securityContext: { privileged: true } })] } })),
      cluster(withInitContainer({ securityContext: { privileged: true } })),
    ],
  },
});
