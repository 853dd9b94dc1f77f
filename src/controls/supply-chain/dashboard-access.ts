// The rights of the Kubernetes Dashboard in other hands: workloads that run as its service account, and subjects bound to its role.

import { asList, asString, dig, field } from '../../lib/json.ts';
import { control, fail, type Outcome, objectsWhere } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

const dashboard = 'kubernetes-dashboard';

export const dashboardAccess = control({
  id: 'supply-chain/dashboard-access',
  aliases: ['C-0014', 'rule:rule-access-dashboard-wl-v1', 'rule:rule-access-dashboard-subject-v1'],
  severity: 'medium',
  title: 'Only the Dashboard uses the rights of the Dashboard',
  why: "The Dashboard's role is made to see much of the cluster; whoever shares it sees as much without anyone having decided so.",
  fix: 'Give the workload or the user a role of its own with what it needs.',
  frameworks: ['matrix:MS-TA9005', 'owasp:K03'],
  on: objectsWhere('pods, role bindings', ({ pods, group }) => pods.length > 0 || group === 'rbac.authorization.k8s.io'),
  check: ({ resource, object }): readonly Outcome[] => {
    if (resource.kind.endsWith('Binding') && asString(dig(object, 'roleRef', 'name')) === dashboard)
      return asList(object.subjects).flatMap((subject, index) => {
        const name = asString(field(subject, 'name')) ?? '';
        return name === dashboard ? [] : [fail(`/subjects/${index}`, 'bound', `"${name}" is bound to the role of the Dashboard`)];
      });
    if (resource.name.startsWith(dashboard)) return [];
    return resource.pods.flatMap((pod) =>
      pod.spec.serviceAccountName === dashboard
        ? [fail(pod.at('/serviceAccountName'), 'runs-as', "the pod runs as the Dashboard's service account")]
        : [],
    );
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(
        {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: dashboard, namespace: 'shop' },
          automountServiceAccountToken: false,
        },
        deployment({ pod: { serviceAccountName: dashboard } }),
      ),
    ],
  },
});
