// One pod of a Deployment is one node's outage away from none. A Deployment at 0 is switched off on purpose; one with an autoscaler is judged
// by the controls of autoscalers. StatefulSets are not asked: a second database is not a matter of a number.

import { asNumber } from '../../lib/json.ts';
import { control, fail, notApplicable, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { autoscaler, scaledDeployment } from './examples.ts';
import { scaleOf } from './scale.ts';

export const replicas = control({
  id: 'reliability/replicas',
  aliases: ['minimum-three-replicas', 'deploymentMissingReplicas', 'deployment-replicas'],
  severity: 'low',
  title: 'Deployments run enough pods to lose one',
  why: 'With a single pod every node drain, eviction or crash is an outage.',
  fix: 'Set `replicas` to 2 or more, or add a HorizontalPodAutoscaler.',
  frameworks: ['bsi:APP.4.4.A19'],
  parameters: { minimum: 2 },
  on: objects('apps/Deployment', 'extensions/Deployment'),
  check: ({ resource }, { snapshot, parameters }) => {
    const scale = scaleOf(resource, snapshot);
    const minimum = asNumber(parameters.minimum) ?? 2;
    if (scale.autoscaler !== undefined) return [notApplicable('autoscaled', 'an autoscaler decides the number of pods')];
    if (scale.isWritten && scale.replicas === 0) return [notApplicable('off', 'the Deployment is scaled to zero')];
    if (scale.replicas >= minimum) return [];
    const detail = scale.isWritten
      ? `it runs ${scale.replicas} of at least ${minimum} pods`
      : `no number of pods is set, so it runs 1 of at least ${minimum}`;
    return [fail('/spec/replicas', scale.isWritten ? 'too-few' : 'default', detail)];
  },
  examples: {
    pass: () => [cluster(deployment()), cluster(scaledDeployment(), autoscaler())],
    fail: () => [cluster(deployment({ spec: { replicas: 1 } })), cluster(scaledDeployment())],
  },
});
