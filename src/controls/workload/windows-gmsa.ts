// The domain identity of a Windows container (group managed service account, KEP-689). Off by default: only programs that talk to Active
// Directory need one. Pods of Linux are not asked.

import { asString, dig } from '../../lib/json.ts';
import { control, notApplicable, pods } from '../control.ts';
import { cluster } from '../examples.ts';
import { blame, runsOnWindows } from './effective.ts';
import { windowsDeployment } from './examples.ts';

const field = ['windowsOptions', 'gmsaCredentialSpecName'];

export const windowsGmsa = control({
  id: 'workload/windows-gmsa',
  aliases: ['rule:set-gmsacredentialspecname-value'],
  severity: 'low',
  title: 'Windows containers have a managed domain identity',
  why: 'Where programs sign in to a domain without one, passwords end in environment variables and images.',
  fix: 'Set `windowsOptions.gmsaCredentialSpecName` to the credential spec of the workload.',
  frameworks: ['cis:5.6.3'],
  enabled: false,
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
          '/securityContext/windowsOptions/gmsaCredentialSpecName',
          'missing',
          `Windows container "${container.name}" has no managed domain identity`,
        ),
      );
  },
  examples: {
    pass: () => [
      cluster(windowsDeployment({ pod: { windowsOptions: { runAsUserName: 'ContainerUser', gmsaCredentialSpecName: 'shop' } } })),
    ],
    fail: () => [cluster(windowsDeployment())],
  },
});
