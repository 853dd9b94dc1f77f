// An autoscaler of a workload that is not there. Only kinds of Kubernetes itself are looked for: whether a custom kind can be scaled, and under
// which name it is kept, is not in the manifests.

import { asString, dig } from '../../lib/json.ts';
import { find } from '../../snapshot/lookup.ts';
import { control, fail, notApplicable, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { autoscaler, scaledDeployment } from './examples.ts';

/** Where those kinds are, or were before Kubernetes 1.16. */
const groups = ['apps', 'extensions', ''];
const scalable = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];

export const hpaTarget = control({
  id: 'reliability/hpa-target',
  aliases: ['C-0300', 'dangling-horizontalpodautoscaler', 'horizontalpodautoscaler-has-target', 'POP-600'],
  severity: 'medium',
  title: 'Autoscalers scale a workload that exists',
  why: 'Nothing is scaled, and the workload that was meant keeps its size under any load.',
  fix: 'Correct kind and name in `scaleTargetRef`, or delete the autoscaler.',
  frameworks: [],
  on: objects('autoscaling/HorizontalPodAutoscaler'),
  check: ({ resource, object }, { snapshot }) => {
    const kind = asString(dig(object, 'spec', 'scaleTargetRef', 'kind')) ?? '';
    const name = asString(dig(object, 'spec', 'scaleTargetRef', 'name')) ?? '';
    if (!scalable.includes(kind)) return [notApplicable('custom-kind', `what a ${kind || 'target without a kind'} is cannot be told`)];
    const found = groups.some((group) => find(snapshot, group, kind, resource.namespace, name) !== undefined);
    return found
      ? []
      : [fail('/spec/scaleTargetRef/name', 'no-target', `there is no ${kind} "${name}" in namespace "${resource.namespace}"`)];
  },
  examples: {
    pass: () => [cluster(scaledDeployment(), autoscaler())],
    fail: () => [
      cluster(
        scaledDeployment(),
        autoscaler(),
        renamed(autoscaler({ scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'old' } })),
      ),
    ],
  },
});

function renamed(object: ReturnType<typeof autoscaler>) {
  return { ...object, metadata: { ...object.metadata, name: 'old', labels: { 'app.kubernetes.io/part-of': 'shop' } } };
}
