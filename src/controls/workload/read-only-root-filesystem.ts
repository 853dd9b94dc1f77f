// A writable root file system lets an intruder replace programs and leave tools behind. Linux only: Windows containers cannot have it.

import { control, pods } from '../control.ts';
import { cluster, deployment, withContainer, withInitContainer } from '../examples.ts';
import { setField } from '../repair.ts';
import { blame, onLinux } from './effective.ts';
import { windowsDeployment } from './examples.ts';

export const readOnlyRootFilesystem = control({
  id: 'workload/read-only-root-filesystem',
  aliases: [
    'C-0017',
    'KSV-0014',
    'CKV_K8S_22',
    'no-read-only-root-fs',
    'notReadOnlyRootFilesystem',
    'container-security-context-readonlyrootfilesystem',
    'ReadOnlyRootFilesystem',
    'ReadOnlyRootFilesystemNil',
    'ReadOnlyRootFilesystemFalse',
  ],
  severity: 'low',
  title: 'The root file system of containers is read-only',
  why: 'An intruder who can write to the image files replaces programs that run later and stores tools and loot in the container.',
  fix: 'Set `readOnlyRootFilesystem: true` and mount an emptyDir where the program writes.',
  frameworks: ['nsa:immutable-file-systems', 'matrix:MS-TA9012', 'owasp:K01', 'pci:8.2.a'],
  on: pods,
  check: onLinux(({ containers }) =>
    containers
      .filter((container) => container.securityContext.readOnlyRootFilesystem !== true)
      .map((container) =>
        blame(
          container,
          '/securityContext/readOnlyRootFilesystem',
          container.securityContext.readOnlyRootFilesystem === false ? 'writable' : 'not-set',
          `container "${container.name}" may write to its root file system`,
        ),
      ),
  ),
  repair: ({ path }, object) => setField(object, path, true),
  examples: {
    pass: () => [cluster(deployment()), cluster(windowsDeployment())],
    fail: () => [
      cluster(withContainer({ securityContext: { readOnlyRootFilesystem: false } })),
      cluster(withInitContainer({ securityContext: { readOnlyRootFilesystem: undefined } })),
    ],
  },
});
