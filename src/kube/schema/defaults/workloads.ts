// Defaults of the kinds that make pods, and of what scales them (pkg/apis/{apps,batch,autoscaling}/*/defaults.go, Kubernetes 1.36).

import type { Json } from '../../../lib/json.ts';
import type { DefaultRules } from './rules.ts';
import { ensured, fill, fillEmpty, type Struct, structAt, structsIn, textIn } from './struct.ts';

export const workloadDefaults: DefaultRules = {
  'apps.Deployment': (deployment) => {
    const spec = ensured(deployment, 'spec');
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    const strategy = ensured(spec, 'strategy');
    fill(strategy, { type: 'RollingUpdate' });
    if (strategy.type === 'RollingUpdate') fill(ensured(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' });
    dropAnnotation(deployment, 'deprecated.deployment.rollback.to');
  },
  'apps.DaemonSet': (daemonSet) => {
    const spec = ensured(daemonSet, 'spec');
    fill(spec, { revisionHistoryLimit: 10 });
    const strategy = ensured(spec, 'updateStrategy');
    fill(strategy, { type: 'RollingUpdate' });
    if (strategy.type === 'RollingUpdate') fill(ensured(strategy, 'rollingUpdate'), { maxUnavailable: 1, maxSurge: 0 });
  },
  'apps.StatefulSet': (statefulSet) => {
    const spec = ensured(statefulSet, 'spec');
    const strategy = ensured(spec, 'updateStrategy');
    if (strategy.type === undefined) {
      strategy.type = 'RollingUpdate';
      ensured(strategy, 'rollingUpdate');
    }
    if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate !== undefined)
      fill(structAt(strategy, 'rollingUpdate'), { partition: 0 });
    fill(ensured(spec, 'persistentVolumeClaimRetentionPolicy'), { whenDeleted: 'Retain', whenScaled: 'Retain' });
    fill(spec, { podManagementPolicy: 'OrderedReady', replicas: 1, revisionHistoryLimit: 10 });
    for (const claim of structsIn(spec, 'volumeClaimTemplates')) {
      claim.apiVersion = 'v1';
      claim.kind = 'PersistentVolumeClaim';
    }
  },
  'apps.ReplicaSet': (replicaSet) => fill(ensured(replicaSet, 'spec'), { replicas: 1 }),
  'core.ReplicationController': (controller) => {
    const spec = ensured(controller, 'spec');
    fill(spec, { replicas: 1 });
    const labels = structAt(spec, 'template', 'metadata').labels;
    if (labels === undefined) return;
    fillEmpty(spec, { selector: labels });
    fillEmpty(ensured(controller, 'metadata'), { labels });
  },
  'batch.Job': (job) => {
    const spec = ensured(job, 'spec');
    if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
    fill(spec, {
      parallelism: 1,
      backoffLimit: spec.backoffLimitPerIndex === undefined ? 6 : 2147483647,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
      manualSelector: false,
    });
    const labels = structAt(spec, 'template', 'metadata').labels;
    if (labels !== undefined) fillEmpty(ensured(job, 'metadata'), { labels });
  },
  'batch.CronJob': (cronJob) =>
    fill(ensured(cronJob, 'spec'), {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    }),
  'batch.PodFailurePolicyOnPodConditionsPattern': (pattern) => fill(pattern, { status: 'True' }),
  'autoscaling.HorizontalPodAutoscaler': (autoscaler) => {
    const spec = ensured(autoscaler, 'spec');
    fill(spec, { minReplicas: 1 });
    if (textIn(autoscaler, 'apiVersion') === 'autoscaling/v1') return;
    fillEmpty(spec, {
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
    });
    if (spec.behavior === undefined) return;
    const behavior = structAt(spec, 'behavior');
    fill(ensured(behavior, 'scaleUp'), { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: upPolicies });
    fill(ensured(behavior, 'scaleDown'), { selectPolicy: 'Max', policies: downPolicies });
  },
};

const upPolicies: Json = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
];
const downPolicies: Json = [{ type: 'Percent', value: 100, periodSeconds: 15 }];

function dropAnnotation(object: Struct, key: string): void {
  const annotations = structAt(object, 'metadata', 'annotations');
  if (Object.hasOwn(annotations, key)) delete annotations[key];
}
