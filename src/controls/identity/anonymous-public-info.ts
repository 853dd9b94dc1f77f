// Kubernetes lets callers without a name read /healthz, /livez, /readyz and /version. Worth knowing where the API server can be reached
// from outside: the version says which weaknesses to try. Load balancers often need it, so this is the mildest of findings.

import { readBinding } from '../../identity/bindings.ts';
import { isShippedBinding } from '../../identity/bootstrap.ts';
import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { anonymousNames } from './anonymous-bound.ts';
import { allBindings, removeSubject } from './bound.ts';
import { clusterRoleBinding, harmless } from './examples.ts';

export const anonymousPublicInfo = control({
  id: 'identity/anonymous-public-info',
  aliases: ['C-0262', 'KSV-0122'],
  severity: 'low',
  title: 'Callers without a name do not learn the version of the cluster',
  why: 'The version tells whoever reaches the API server which known weaknesses to try.',
  fix: 'Where the API server can be reached from outside, take system:unauthenticated out of the binding, and turn its automatic repair off.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1613', 'owasp:K03'],
  on: allBindings,
  check: ({ resource }) =>
    resource.name !== 'system:public-info-viewer' || !isShippedBinding(resource)
      ? []
      : readBinding(resource)
          .subjects.filter(({ name }) => anonymousNames.has(name))
          .map(({ path }) =>
            fail(
              `${path}/name`,
              'public-info',
              `${resource.kind} "${resource.name}" tells callers without a credential the version of the cluster`,
            ),
          ),
  repair: removeSubject,
  examples: {
    pass: () => [harmless()],
    fail: () => [
      cluster(
        deployment(),
        clusterRoleBinding(
          [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:unauthenticated' }],
          'system:public-info-viewer',
          'system:public-info-viewer',
        ),
      ),
    ],
  },
});
