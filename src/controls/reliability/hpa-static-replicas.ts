// A number of pods in the manifest beside an autoscaler: every apply throws the workload back to that number until the autoscaler has noticed.
// In a live cluster the number is the autoscaler's own, so only manifests are asked.

import { control, fail, notApplicable, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { autoscaler, scaledDeployment } from './examples.ts';
import { scaleOf } from './scale.ts';

export const hpaStaticReplicas = control({
  id: 'reliability/hpa-static-replicas',
  aliases: ['deployment-targeted-by-hpa-does-not-have-replicas-configured'],
  severity: 'low',
  title: 'Autoscaled workloads leave the number of pods to their autoscaler',
  why: 'Every deployment resets the number of pods, which under load means an outage of some minutes.',
  fix: 'Remove `replicas` from the manifest, after handing the field over to the autoscaler so that it does not drop to 1.',
  frameworks: [],
  on: objects('apps/Deployment', 'apps/StatefulSet', 'extensions/Deployment'),
  check: ({ resource }, { snapshot }) => {
    if (resource.origin.kind === 'cluster') return [notApplicable('live', 'in a cluster the autoscaler itself writes the number')];
    const { isWritten, replicas, autoscaler: scaler } = scaleOf(resource, snapshot);
    if (!isWritten || scaler === undefined) return [];
    return [
      fail('/spec/replicas', 'static', `${replicas} pods are set here, and the autoscaler "${scaler.resource.name}" sets others`, {
        evidence: [{ resource: scaler.resource, path: '/spec/scaleTargetRef', note: 'scales this workload' }],
      }),
    ];
  },
  examples: {
    pass: () => [cluster(scaledDeployment(), autoscaler())],
    fail: () => [cluster(deployment(), autoscaler())],
  },
});
