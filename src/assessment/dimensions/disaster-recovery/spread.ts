// Disaster recovery: workloads that can lose a pod or a zone, and budgets that let one go.

import { asNumber, dig } from '../../../lib/json.ts';
import { ofKind } from '../../../snapshot/lookup.ts';
import { type Check, judged, ofControls } from '../../check.ts';
import { placement } from '../../lose/placed.ts';
import { count } from '../../words.ts';

export const spread: readonly Check[] = [
  judged(
    'disaster-recovery/zones-of-workloads',
    {
      title: 'Workloads of several pods run in two zones at least',
      fix: 'Spread pods over `topology.kubernetes.io/zone`.',
      weight: 3,
      needs: ['live'],
      nothing: 'no workload of several pods runs on nodes with a zone',
    },
    function* ({ snapshot }) {
      const { byWorkload, zones } = placement(snapshot);
      if (new Set(zones.values()).size === 0) return;
      for (const [resource, pods] of byWorkload) {
        if (pods.length < 2) continue;
        const own = new Set(pods.flatMap(({ node }) => zones.get(node) ?? []));
        yield { verdict: own.size >= 2 ? 'pass' : 'fail', resource, detail: `${count(pods.length, 'pod')} in ${count(own.size, 'zone')}` };
      }
    },
  ),
  ofControls('disaster-recovery/replicas', { title: 'Deployments run enough pods to lose one', fix: 'Run two pods at least.', weight: 3 }, [
    'reliability/replicas',
  ]),
  judged(
    'disaster-recovery/budgets-allow',
    {
      title: 'Disruption budgets let at least one pod go',
      fix: 'Loosen the budget or run one pod more: drains wait for ever.',
      weight: 3,
      nothing: 'no PodDisruptionBudget was seen',
    },
    function* ({ snapshot, scan }) {
      const blocked = new Set(
        scan.findings
          .filter(({ control, verdict }) => control === 'reliability/pdb-blocks' && verdict === 'fail')
          .map(({ subject }) => `${subject.namespace}/${subject.name}`),
      );
      for (const resource of ofKind(snapshot, 'policy', 'PodDisruptionBudget')) {
        const allowed = asNumber(dig(resource.object, 'status', 'disruptionsAllowed'));
        const expected = asNumber(dig(resource.object, 'status', 'expectedPods')) ?? 0;
        const bad = blocked.has(`${resource.namespace}/${resource.name}`) || (allowed === 0 && expected > 0);
        yield {
          verdict: bad ? 'fail' : 'pass',
          resource,
          path: '/spec',
          detail: `PodDisruptionBudget ${resource.name} ${bad ? 'lets no pod go' : 'lets pods go'}`,
        };
      }
    },
  ),
];
