// One small valid object of each of many kinds, to be changed at odd places. None names a namespace; what they refer to need not exist.

import type { Json, JsonObject } from '../../src/lib/json.ts';

const labels = { a: 'b' };
const selector = { matchLabels: labels };
const podSpec: Json = {
  containers: [{ name: 'c', image: 'nginx:1.27', ports: [{ name: 'http', containerPort: 80 }], resources: { requests: { cpu: '1' } } }],
  volumes: [{ name: 'v', emptyDir: {} }],
};
const template: Json = { metadata: { labels }, spec: podSpec };
const jobSpec: Json = { template: { spec: { ...podSpec, restartPolicy: 'Never' } } };
const subject: Json = { kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' };
const storage: Json = { requests: { storage: '1Gi' } };
const rule: Json = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
const matched: Json = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
const devices: Json = { requests: [{ name: 'r', exactly: { deviceClassName: 'd' } }] };

function valid(apiVersion: string, kind: string, rest: JsonObject, name = 'valid'): JsonObject {
  return { apiVersion, kind, metadata: { name, labels }, ...rest };
}

export const validObjects: readonly JsonObject[] = [
  valid('v1', 'Pod', { spec: podSpec }),
  valid('v1', 'PodTemplate', { template }),
  valid('v1', 'ReplicationController', { spec: { selector: labels, template } }),
  valid('v1', 'Service', { spec: { selector: labels, ports: [{ name: 'h', port: 80 }] } }),
  valid('v1', 'Endpoints', { subsets: [{ addresses: [{ ip: '10.1.0.1' }], ports: [{ port: 80 }] }] }),
  valid('v1', 'ConfigMap', { data: labels }),
  valid('v1', 'Secret', { data: { k: 'dg==' } }),
  valid('v1', 'ServiceAccount', { imagePullSecrets: [{ name: 's' }] }),
  valid('v1', 'Namespace', { spec: {} }),
  valid('v1', 'Node', { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } }),
  valid('v1', 'PersistentVolume', { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/v' } } }),
  valid('v1', 'PersistentVolumeClaim', { spec: { accessModes: ['ReadWriteOnce'], resources: storage } }),
  valid('v1', 'LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } }),
  valid('v1', 'ResourceQuota', { spec: { hard: { pods: '1' } } }),
  valid('apps/v1', 'Deployment', { spec: { replicas: 1, selector, template } }),
  valid('apps/v1', 'StatefulSet', { spec: { serviceName: 's', selector, template } }),
  valid('apps/v1', 'DaemonSet', { spec: { selector, template } }),
  valid('apps/v1', 'ReplicaSet', { spec: { selector, template } }),
  valid('batch/v1', 'Job', { spec: jobSpec }),
  valid('batch/v1', 'CronJob', { spec: { schedule: '* * * * *', jobTemplate: { spec: jobSpec } } }),
  valid('autoscaling/v2', 'HorizontalPodAutoscaler', {
    spec: { maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } },
  }),
  valid('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: 1, selector } }),
  valid('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {}, ingress: [{ from: [{ podSelector: selector }] }] } }),
  valid('networking.k8s.io/v1', 'Ingress', { spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } } }),
  valid('networking.k8s.io/v1', 'IngressClass', { spec: { controller: 'a.example/c' } }),
  valid('discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', endpoints: [{ addresses: ['10.1.0.1'] }], ports: [{ port: 80 }] }),
  valid('rbac.authorization.k8s.io/v1', 'Role', { rules: [rule] }),
  valid('rbac.authorization.k8s.io/v1', 'ClusterRole', { rules: [rule] }),
  valid('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', {
    subjects: [subject],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'r' },
  }),
  valid('storage.k8s.io/v1', 'StorageClass', { provisioner: 'a.example/p' }),
  valid('storage.k8s.io/v1', 'CSIDriver', { spec: { attachRequired: true } }),
  valid('storage.k8s.io/v1', 'VolumeAttachment', { spec: { attacher: 'a.example', nodeName: 'n', source: { persistentVolumeName: 'v' } } }),
  valid('scheduling.k8s.io/v1', 'PriorityClass', { value: 1 }),
  valid('node.k8s.io/v1', 'RuntimeClass', { handler: 'h', overhead: { podFixed: { cpu: '1' } } }),
  valid('coordination.k8s.io/v1', 'Lease', { spec: { holderIdentity: 'h', leaseDurationSeconds: 1 } }),
  valid('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
    webhooks: [
      {
        name: 'a.b.example',
        clientConfig: { url: 'https://a.example/' },
        rules: [matched],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  }),
  valid('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', {
    spec: { matchConstraints: { resourceRules: [matched] }, validations: [{ expression: 'true' }] },
  }),
  valid('flowcontrol.apiserver.k8s.io/v1', 'PriorityLevelConfiguration', {
    spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, limitResponse: { type: 'Reject' } } },
  }),
  valid('resource.k8s.io/v1', 'DeviceClass', { spec: { selectors: [{ cel: { expression: 'true' } }] } }),
  valid('resource.k8s.io/v1', 'ResourceClaim', { spec: { devices } }),
  valid('resource.k8s.io/v1', 'ResourceClaimTemplate', { spec: { spec: { devices } } }),
  valid('resource.k8s.io/v1', 'ResourceSlice', {
    spec: { driver: 'a.example', nodeName: 'n', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, devices: [{ name: 'd' }] },
  }),
];
