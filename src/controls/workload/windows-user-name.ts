// The user of a Windows container: its image's, which is ContainerAdministrator in most, unless `windowsOptions.runAsUserName` says otherwise.
// Pods of Linux are not asked.

import { asString, dig } from '../../lib/json.ts';
import { control, notApplicable, pods } from '../control.ts';
import { cluster } from '../examples.ts';
import { blame, runsOnWindows } from './effective.ts';
import { windowsDeployment } from './examples.ts';

const field = ['windowsOptions', 'runAsUserName'];

export const windowsUserName = control({
  id: 'workload/windows-user-name',
  aliases: ['rule:set-runasusername-value'],
  severity: 'low',
  title: 'Windows containers name their user',
  why: 'As ContainerAdministrator, the default of most images, an intruder changes the system files and services of the container.',
  fix: 'Set `windowsOptions.runAsUserName: ContainerUser` in the security context of the pod.',
  frameworks: ['cis:5.6.3', 'nsa:non-root-containers', 'owasp:K01'],
  on: pods,
  check: ({ pod, containers }) => {
    if (!runsOnWindows(pod)) return [notApplicable('linux', 'the pod does not run on Windows')];
    return containers
      .filter(
        (container) => (asString(dig(container.securityContext, ...field)) ?? asString(dig(pod.securityContext, ...field)) ?? '') === '',
      )
      .map((container) =>
        blame(
          container,
          '/securityContext/windowsOptions/runAsUserName',
          'missing',
          `Windows container "${container.name}" runs as whatever user its image names`,
        ),
      );
  },
  examples: {
    pass: () => [cluster(windowsDeployment())],
    fail: () => [
      cluster(windowsDeployment({ pod: { windowsOptions: { gmsaCredentialSpecName: 'shop' } }, container: { windowsOptions: undefined } })),
    ],
  },
});
