// A mounted token that is good for something: the service account is named by a binding. Programs that talk to the API server need this;
// the finding says what a break-in would yield, and is mild for that reason.

import { bindingsOf } from '../../identity/bindings.ts';
import { isShippedBinding } from '../../identity/bootstrap.ts';
import { copyNear } from '../../identity/copies.ts';
import { serviceAccount, subjectText } from '../../identity/subjects.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { appAccount, harmless, role, roleBinding, rule } from './examples.ts';
import { accountWithToken } from './rights-of-pods.ts';

export const tokenWithRights = control({
  id: 'identity/token-with-rights',
  aliases: ['C-0261'],
  severity: 'low',
  title: 'Pods hold no token that has rights',
  why: 'Whoever breaks into a container has the rights of its service account at the API server.',
  fix: 'Turn the token off where the program does not use the API; else keep the rights of its service account to what it uses.',
  frameworks: ['cis:5.1.6', 'nsa:authentication-and-authorization', 'attack:T1528', 'matrix:MS-TA9016', 'owasp:K03', 'bsi:APP.4.4.A9'],
  on: pods,
  check({ resource, pod }, { snapshot }) {
    const account = accountWithToken(snapshot, resource.namespace, pod);
    if (account === undefined) return [];
    const held = bindingsOf(snapshot, serviceAccount(resource.namespace, account)).filter(
      ({ binding }) => !isShippedBinding(binding.resource),
    );
    if (held.length === 0) return [];
    const detail = `the pod holds the token of service account "${account}", which ${held.length === 1 ? 'one binding gives' : `${held.length} bindings give`} rights`;
    return [
      fail(pod.at('/automountServiceAccountToken'), 'token-with-rights', detail, {
        evidence: held.slice(0, 3).map(({ binding, subject }) => ({
          resource: copyNear(snapshot, binding.resource, resource),
          path: subject.path,
          note: `gives ${binding.role.kind} "${binding.role.name}" to ${subjectText(subject)}`,
        })),
      }),
    ];
  },
  examples: {
    pass: () => [harmless()],
    fail: () => [
      cluster(
        deployment({ pod: { automountServiceAccountToken: true } }),
        role([rule('', ['configmaps'], ['get'], ['app-settings'])]),
        roleBinding([appAccount]),
      ),
    ],
  },
  overlaps: ['identity/token-automounted'],
});
