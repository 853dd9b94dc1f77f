// Subjects that the API server refuses (validation of rbac/v1, Kubernetes 1.36): a service account without a namespace in a
// ClusterRoleBinding, an unknown kind,
// a foreign API group. The whole binding is refused with them.

import { asString, dig } from '../../lib/json.ts';
import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { allBindings, judgeBinding } from './bound.ts';
import { clusterRoleBinding, harmless, roleBinding } from './examples.ts';

export const subjectInvalid = control({
  id: 'identity/subject-invalid',
  aliases: [],
  severity: 'low',
  title: 'The subjects of bindings are ones the API server accepts',
  why: 'The API server refuses the binding, and the program it is for has no rights.',
  fix: 'Name the namespace of service accounts; users and groups are of the API group rbac.authorization.k8s.io.',
  frameworks: ['nsa:authentication-and-authorization'],
  on: allBindings,
  check: judgeBinding(({ resource, namespace, subjects }) =>
    subjects.flatMap(({ kind, name, path }, index) => {
      const group = asString(dig(resource.object, 'subjects', index, 'apiGroup')) ?? '';
      const written = asString(dig(resource.object, 'subjects', index, 'namespace')) ?? '';
      const blame = (at: string, reason: string, what: string) => [
        fail(`${path}${at}`, reason, `${resource.kind} "${resource.name}" has a subject the API server refuses: ${what}`),
      ];
      if (kind === 'ServiceAccount') {
        if (written === '' && namespace === '') return blame('/namespace', 'no-namespace', `service account "${name}" without a namespace`);
        return group === '' ? [] : blame('/apiGroup', 'api-group', `service account "${name}" with an API group`);
      }
      if (kind !== 'User' && kind !== 'Group') return blame('/kind', 'kind', `"${name}" of kind "${kind}"`);
      return group === '' || group === 'rbac.authorization.k8s.io'
        ? []
        : blame('/apiGroup', 'api-group', `${kind} "${name}" of API group "${group}"`);
    }),
  ),
  examples: {
    pass: () => [harmless(), cluster(deployment(), roleBinding([{ kind: 'ServiceAccount', name: 'app' }], 'ClusterRole', 'view'))],
    fail: () => [cluster(deployment(), clusterRoleBinding([{ kind: 'ServiceAccount', name: 'app' }], 'view'))],
  },
});
