// Without `allowPrivilegeEscalation: false` the kernel's no_new_privs flag is off, and a set-user-ID program in the image can make its caller
// root. The default is to allow. Pod Security Standards, restricted, "Privilege Escalation"; Linux only.

import { control, pods } from '../control.ts';
import { cluster, deployment, withContainer, withInitContainer } from '../examples.ts';
import { setField } from '../repair.ts';
import { capabilities } from './capabilities.ts';
import { blame, containerAt, onLinux } from './effective.ts';
import { windowsDeployment } from './examples.ts';

export const privilegeEscalation = control({
  id: 'workload/privilege-escalation',
  aliases: [
    'C-0016',
    'KSV-0001',
    'CKV_K8S_20',
    'privilege-escalation-container',
    'privilegeEscalationAllowed',
    'AllowPrivilegeEscalation',
    'AllowPrivilegeEscalationNil',
    'AllowPrivilegeEscalationTrue',
  ],
  severity: 'medium',
  title: 'Processes cannot gain more privileges than their parent',
  why: 'A set-user-ID program in the image lets a compromised process become root inside the container, the usual first step of an escape.',
  fix: 'Set `allowPrivilegeEscalation: false`; programs that need sudo or ping as root need another way.',
  frameworks: [
    'pss:restricted',
    'cis:5.2.6',
    'nsa:pod-security',
    'attack:T1611',
    'owasp:K01',
    'pci:3.1.a',
    'bsi:APP.4.4.A4',
    'stig:V-242437',
  ],
  on: pods,
  check: onLinux(({ containers }) =>
    containers
      .filter((container) => container.securityContext.allowPrivilegeEscalation !== false)
      .map((container) => {
        const explicit = container.securityContext.allowPrivilegeEscalation === true;
        return blame(
          container,
          '/securityContext/allowPrivilegeEscalation',
          explicit ? 'allowed' : 'not-forbidden',
          `container "${container.name}" ${explicit ? 'allows privilege escalation' : 'does not forbid privilege escalation, which is allowed by default'}`,
        );
      }),
  ),
  // The API server refuses the field beside `privileged: true` and beside an added SYS_ADMIN.
  repair: ({ path }, object) => {
    const container = containerAt(object, path)?.container;
    const needsMore =
      container?.securityContext.privileged === true ||
      (container !== undefined && capabilities(container, 'add').some(({ name }) => name === 'SYS_ADMIN'));
    return needsMore ? undefined : setField(object, path, false);
  },
  examples: {
    pass: () => [cluster(deployment()), cluster(windowsDeployment())],
    fail: () => [
      cluster(withContainer({ securityContext: { allowPrivilegeEscalation: true } })),
      cluster(withInitContainer({ securityContext: { allowPrivilegeEscalation: undefined } })),
    ],
  },
});
