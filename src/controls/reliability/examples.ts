// What the controls of reliability put beside the hardened Deployment: autoscalers, budgets, jobs, a StatefulSet.

import type { KubeObject } from '../../kube/object.ts';
import type { JsonObject } from '../../lib/json.ts';
import { container, deployment, podSpec } from '../examples.ts';

const namespace = 'shop';
/** What only an API server gives. */
export const uid = '5f0c8c1e-4d1f-4f53-9a7e-0b8b7f6f2a10';
const labels = { 'app.kubernetes.io/name': 'app', 'app.kubernetes.io/instance': 'app', 'app.kubernetes.io/part-of': 'shop' };

/** The hardened Deployment without a number of its own, for autoscalers. */
export function scaledDeployment(): KubeObject {
  const object = deployment();
  const { replicas: _replicas, ...spec } = object.spec as JsonObject;
  return { ...object, spec };
}

/** An autoscaler of the Deployment. */
export function autoscaler(spec: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'app', namespace, labels },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' },
      minReplicas: 3,
      maxReplicas: 9,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
      ...spec,
    },
  };
}

/** The budget of the hardened cluster with another specification. */
export function budget(spec: JsonObject): KubeObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'app', namespace, labels },
    spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels: { 'app.kubernetes.io/name': 'app' } }, ...spec },
  };
}

function finitePod(change: JsonObject = {}): JsonObject {
  const { livenessProbe: _liveness, readinessProbe: _readiness, ports: _ports, ...plain } = container();
  return { metadata: { labels }, spec: podSpec({ restartPolicy: 'OnFailure', containers: [plain], ...change }) };
}

export function job(spec: JsonObject = {}, pod: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'report', namespace, labels },
    spec: { ttlSecondsAfterFinished: 3600, backoffLimit: 3, template: finitePod(pod), ...spec },
  };
}

export function cronJob(spec: JsonObject = {}, pod: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'report', namespace, labels },
    spec: {
      schedule: '0 3 * * *',
      startingDeadlineSeconds: 600,
      concurrencyPolicy: 'Forbid',
      jobTemplate: { spec: { backoffLimit: 3, template: finitePod(pod) } },
      ...spec,
    },
  };
}

/** A StatefulSet with the pods of the hardened Deployment. */
export function statefulSet(spec: JsonObject = {}): KubeObject {
  const { replicas, selector, template } = deployment().spec as JsonObject;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'app', namespace, labels },
    spec: { serviceName: 'app', replicas: replicas ?? 3, selector: selector ?? {}, template: template ?? {}, ...spec } as JsonObject,
  };
}

export function headlessService(spec: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'app', namespace, labels },
    spec: {
      clusterIP: 'None',
      selector: { 'app.kubernetes.io/name': 'app' },
      ports: [{ name: 'http', port: 8080, targetPort: 'http' }],
      ...spec,
    },
  };
}

/** The hardened pod on its own, as its owner made it. */
export function ownedPod(status: JsonObject): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'app-6d4b7c9f5-x2x9p',
      namespace,
      uid,
      labels,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'app-6d4b7c9f5', uid: 'e3b0c442', controller: true }],
    },
    spec: podSpec(),
    status,
  };
}
