// A topology spread constraint that counts other pods than its own spreads nothing, or spreads by accident. core/v1, PodTopologySpread of 1.36:
// without a labelSelector it counts no pod at all; matchLabelKeys only narrow it.

import { selects } from '../../kube/label-selector.ts';
import { members } from '../../kube/pod/lower.ts';
import { control, fail, type Outcome, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const topologySpread = control({
  id: 'reliability/topology-spread',
  aliases: ['pod-topology-spread-constraints'],
  severity: 'low',
  title: 'Topology spread constraints count the pods they spread',
  why: 'The constraint looks like protection, counts other pods or none, and leaves the own ones where they fall.',
  fix: "Give the constraint a `labelSelector` with labels of the pod's own template.",
  frameworks: [],
  on: pods,
  check: ({ pod }): readonly Outcome[] =>
    members(pod.spec.topologySpreadConstraints, pod.at('/topologySpreadConstraints')).flatMap(({ spec, path }) => {
      if ((spec.labelSelector ?? null) === null)
        return [fail(`${path}/labelSelector`, 'no-selector', 'the constraint counts no pod: it has no labelSelector')];
      return selects(spec.labelSelector, pod.labels)
        ? []
        : [fail(`${path}/labelSelector`, 'not-own', 'the constraint counts other pods: its labelSelector does not select its own')];
    }),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(deployment({ pod: { topologySpreadConstraints: [constraint({})] } })),
      cluster(deployment({ pod: { topologySpreadConstraints: [constraint({ labelSelector: { matchLabels: { app: 'other' } } })] } })),
    ],
  },
});

function constraint(more: Readonly<Record<string, unknown>>) {
  return { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', ...more } as never;
}
