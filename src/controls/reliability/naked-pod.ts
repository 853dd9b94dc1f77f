// A pod that nobody owns is gone when its node is. Static pods are owned by their node's kubelet; pods that are Helm hooks are meant to end.

import { annotationsOf } from '../../kube/object.ts';
import { asList, field } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { ownedPod } from './examples.ts';

export const nakedPod = control({
  id: 'reliability/naked-pod',
  aliases: ['C-0073', 'POP-208'],
  severity: 'low',
  title: 'Pods belong to a controller',
  why: 'When the node fails or is drained, the pod is deleted and nothing makes a new one.',
  fix: 'Describe it as a Deployment, a StatefulSet or a Job.',
  frameworks: ['nsa:pod-security'],
  on: objects('/Pod'),
  check: ({ resource, object }) => {
    const annotations = annotationsOf(object);
    const isOwned = asList(field(object.metadata, 'ownerReferences')).length > 0;
    if (isOwned || annotations['kubernetes.io/config.mirror'] !== undefined || annotations['helm.sh/hook'] !== undefined) return [];
    return [fail('/kind', 'no-owner', `nothing makes a new pod when "${resource.name}" is gone`)];
  },
  examples: {
    pass: () => [cluster(ownedPod({}))],
    fail: () => [cluster(orphan())],
  },
});

function orphan() {
  const { ownerReferences: _owners, ...metadata } = ownedPod({}).metadata ?? {};
  return { ...ownedPod({}), metadata };
}
