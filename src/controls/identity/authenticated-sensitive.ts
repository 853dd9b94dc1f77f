// What everybody with a credential may do with pods, workloads, nodes and Secrets, as far as the role is known.

import { rolesOf } from '../../identity/bindings.ts';
import { effectiveRules } from '../../identity/roles.ts';
import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { allBindings, judgeBinding, removeSubject } from './bound.ts';
import { clusterRole, clusterRoleBinding, harmless, rule } from './examples.ts';

const sensitive = [
  ...['*', 'secrets', 'nodes', 'pods', 'pods/exec', 'pods/attach', 'pods/portforward'],
  ...['deployments', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs'],
];

export const authenticatedSensitive = control({
  id: 'identity/authenticated-sensitive',
  aliases: ['C-0265'],
  severity: 'critical',
  title: 'Not everybody with a credential reaches workloads, nodes or Secrets',
  why: 'Every pod and every account of the cluster, on GKE every Google account, has a hand on what runs and what is secret.',
  fix: 'Name the groups that need the right.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1078', 'matrix:MS-TA9019', 'owasp:K03'],
  on: allBindings,
  check: judgeBinding((binding, snapshot) => {
    const everybody = binding.subjects.filter(({ kind, name }) => kind === 'Group' && name === 'system:authenticated');
    if (everybody.length === 0) return [];
    const found = rolesOf(snapshot, binding)
      .flatMap((role) => effectiveRules(snapshot, role))
      .find((one) => one.rule.verbs.length > 0 && one.rule.resources.some((entry) => sensitive.includes(entry)));
    if (found === undefined) return [];
    const allowed = `${found.rule.verbs.join(', ')} on ${found.rule.resources.join(', ')}`;
    return everybody.map(({ path }) =>
      fail(
        `${path}/name`,
        'authenticated',
        `${binding.resource.kind} "${binding.resource.name}" lets everybody with a credential ${allowed}`,
        {
          evidence: [{ resource: found.source, path: `/rules/${found.index}`, note: `allows ${allowed}` }],
        },
      ),
    );
  }),
  repair: removeSubject,
  examples: {
    pass: () => [harmless()],
    fail: () => [
      cluster(
        deployment(),
        clusterRole([rule('', ['pods'], ['list'])]),
        clusterRoleBinding([{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated' }]),
      ),
    ],
  },
  overlaps: ['identity/authenticated-bound'],
});
