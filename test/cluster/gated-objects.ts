// Valid objects with fields and values that stand behind feature gates, or that some releases check otherwise: what older releases drop, refuse
// or warn of. None names a namespace.

import type { JsonObject } from '../../src/lib/json.ts';

const labels = { a: 'b' };
const container = { name: 'c', image: 'nginx:1.27' };
const deviceRequest = {
  name: 'r',
  exactly: {
    deviceClassName: 'd',
    adminAccess: true,
    tolerations: [{ key: 'k', operator: 'Exists' }],
    capacity: { requests: { 'a.example/x': '1' } },
  },
};

function valid(apiVersion: string, kind: string, rest: JsonObject, name = 'valid'): JsonObject {
  return { apiVersion, kind, metadata: { name, labels }, ...rest };
}

function pod(spec: JsonObject): JsonObject {
  return valid('v1', 'Pod', { spec: { containers: [container], ...spec } });
}

export const gatedObjects: readonly JsonObject[] = [
  pod({
    securityContext: { supplementalGroupsPolicy: 'Strict', seLinuxChangePolicy: 'Recursive' },
    hostUsers: false,
    hostnameOverride: 'h',
  }),
  pod({ resources: { requests: { cpu: '1' }, limits: { cpu: '2', memory: '1Gi' } } }),
  pod({ hostUsers: false, hostNetwork: true }),
  pod({ containers: [{ ...container, securityContext: { procMount: 'Unmasked' } }], hostUsers: false }),
  pod({ containers: [{ ...container, securityContext: { procMount: 'Default' } }] }),
  pod({
    containers: [
      { ...container, restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }] },
    ],
  }),
  pod({
    containers: [
      {
        ...container,
        restartPolicy: 'Never',
        restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [1] } }],
      },
    ],
  }),
  pod({
    initContainers: [
      {
        ...container,
        name: 'i',
        restartPolicy: 'Always',
        resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
        restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }],
      },
      { ...container, name: 'j', resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }], restartPolicy: 'OnFailure' },
    ],
  }),
  pod({
    containers: [
      {
        ...container,
        env: [
          { name: 'A', valueFrom: { fileKeyRef: { volumeName: 'v', path: 'p', key: 'k' } } },
          { name: 'a=b', value: '' },
          { name: 'é x', value: '1' },
        ],
        volumeMounts: [{ name: 'v', mountPath: '/m', readOnly: true, recursiveReadOnly: 'IfPossible' }],
      },
    ],
    volumes: [{ name: 'v', emptyDir: {} }],
  }),
  pod({
    containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/m', subPath: 's' }] }],
    volumes: [
      { name: 'v', image: { reference: 'nginx:1.27' } },
      { name: 'w', image: { reference: 'nginx' } },
    ],
  }),
  pod({ os: { name: 'linux' }, containers: [{ ...container, lifecycle: { stopSignal: 'SIGUSR1', preStop: { sleep: { seconds: 0 } } } }] }),
  pod({ containers: [{ ...container, lifecycle: { preStop: { sleep: { seconds: 5 } } } }], dnsConfig: { searches: ['_a.b', '.'] } }),
  pod({
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'k',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: labels },
        matchLabelKeys: ['a'],
        nodeTaintsPolicy: 'Honor',
      },
    ],
  }),
  pod({
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'k',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { c: 'd' } },
        matchLabelKeys: ['a', 'b'],
        nodeTaintsPolicy: 'Honor',
      },
    ],
  }),
  pod({
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'k', labelSelector: { matchLabels: { c: 'd' } }, matchLabelKeys: ['a'], mismatchLabelKeys: ['b'] },
        ],
      },
    },
  }),
  pod({ tolerations: [{ key: 'k', operator: 'Gt', value: '5' }] }),
  pod({
    resourceClaims: [{ name: 'r', resourceClaimName: 'x' }],
    containers: [{ ...container, resources: { claims: [{ name: 'r' }], requests: { cpu: '1' } } }],
  }),
  pod({
    volumes: [
      {
        name: 'p',
        projected: {
          sources: [
            { clusterTrustBundle: { name: 'n', path: 'p' } },
            { podCertificate: { signerName: 'a.b/c', keyType: 'ED25519', keyPath: 'k', certificateChainPath: 'x' } },
            { serviceAccountToken: { path: 't' } },
          ],
        },
      },
    ],
  }),
  pod({
    volumes: [
      {
        name: 'p',
        projected: {
          sources: [
            {
              podCertificate: {
                signerName: 'a.b/c',
                keyType: 'ED25519',
                keyPath: 'k',
                certificateChainPath: 'x',
                userAnnotations: { 'a.b/c': 'd' },
              },
            },
          ],
        },
      },
    ],
  }),
  pod({ schedulingGroup: { podGroupName: 'g' } }),
  pod({
    volumes: [
      { name: 'g', gitRepo: { repository: 'https://a.b/c' } },
      {
        name: 'e',
        ephemeral: {
          volumeClaimTemplate: {
            spec: { accessModes: ['ReadWriteOnce'], volumeAttributesClassName: 'v', resources: { requests: { storage: '1Gi' } } },
          },
        },
      },
    ],
  }),
  valid('apps/v1', 'Deployment', {
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ ...container, restartPolicy: 'Never' }],
          resources: { limits: { cpu: '1' } },
          hostUsers: false,
          hostnameOverride: 'x',
          volumes: [{ name: 'i', image: { reference: 'a' } }],
        },
      },
    },
  }),
  valid('apps/v1', 'StatefulSet', {
    spec: {
      serviceName: 's',
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2, partition: 1 } },
      ordinals: { start: 1 },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' },
      volumeClaimTemplates: [
        {
          metadata: { name: 'd' },
          spec: { accessModes: ['ReadWriteOnce'], volumeAttributesClassName: 'vac', resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  }),
  valid('batch/v1', 'Job', {
    spec: {
      managedBy: 'a.b/c',
      completionMode: 'Indexed',
      completions: 2,
      parallelism: 1,
      backoffLimitPerIndex: 1,
      maxFailedIndexes: 1,
      podReplacementPolicy: 'Failed',
      successPolicy: { rules: [{ succeededCount: 1 }] },
      template: { spec: { containers: [container], restartPolicy: 'Never' } },
    },
  }),
  valid('batch/v1', 'CronJob', {
    spec: {
      schedule: '* * * * *',
      timeZone: 'Etc/UTC',
      jobTemplate: {
        spec: {
          managedBy: 'a.b/c',
          completionMode: 'Indexed',
          completions: 2,
          backoffLimitPerIndex: 1,
          successPolicy: { rules: [{ succeededCount: 1 }] },
          template: { spec: { containers: [container], restartPolicy: 'Never' } },
        },
      },
    },
  }),
  valid('v1', 'Service', { spec: { selector: labels, ports: [{ port: 80 }], trafficDistribution: 'PreferSameNode' } }),
  valid(
    'v1',
    'Service',
    { spec: { selector: labels, ports: [{ port: 80 }], trafficDistribution: 'PreferClose', externalIPs: ['010.1.2.3'] } },
    '1valid',
  ),
  valid('v1', 'PersistentVolume', {
    spec: {
      capacity: { storage: '1Gi' },
      volumeAttributesClassName: 'v',
      accessModes: ['ReadWriteOnce'],
      csi: { driver: 'a.b', volumeHandle: 'h' },
    },
  }),
  valid('v1', 'PersistentVolumeClaim', {
    spec: {
      accessModes: ['ReadWriteOnce'],
      volumeAttributesClassName: 'v',
      resources: { requests: { storage: '1Gi' } },
      dataSourceRef: { apiGroup: 'a.b', kind: 'K', name: 'n' },
    },
  }),
  valid('v1', 'PersistentVolumeClaim', {
    spec: {
      accessModes: ['ReadWriteOnce'],
      volumeAttributesClassName: '',
      resources: { requests: { storage: '1Gi' } },
      dataSourceRef: { apiGroup: 'a.b', kind: 'K', name: 'n', namespace: 'other' },
    },
  }),
  valid('autoscaling/v2', 'HorizontalPodAutoscaler', {
    spec: {
      minReplicas: 0,
      maxReplicas: 2,
      scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' },
      behavior: {
        scaleUp: { tolerance: '0.1', policies: [{ type: 'Pods', value: 1, periodSeconds: 10 }] },
        scaleDown: { tolerance: '0.2' },
      },
      metrics: [{ type: 'External', external: { metric: { name: 'x' }, target: { type: 'Value', value: '1' } } }],
    },
  }),
  valid('networking.k8s.io/v1', 'Ingress', { spec: { defaultBackend: { service: { name: '1s', port: { number: 80 } } } } }),
  valid('networking.k8s.io/v1', 'NetworkPolicy', {
    spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '010.0.0.0/8' } }] }] },
  }),
  valid('networking.k8s.io/v1', 'ServiceCIDR', { spec: { cidrs: ['10.1.0.0/24'] } }),
  valid('networking.k8s.io/v1', 'IPAddress', { spec: { parentRef: { resource: 'services', name: 'x', namespace: 'y' } } }, '10.9.0.1'),
  valid('discovery.k8s.io/v1', 'EndpointSlice', {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['010.1.0.1'], hints: { forNodes: [{ name: 'n' }], forZones: [{ name: 'z' }] } }],
    ports: [{ port: 80 }],
  }),
  valid('discovery.k8s.io/v1', 'EndpointSlice', {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.1.0.1'], hints: { forNodes: [{ name: 'n' }], forZones: [{ name: 'z' }] } }],
    ports: [{ port: 80 }],
  }),
  valid('storage.k8s.io/v1', 'CSIDriver', {
    spec: {
      attachRequired: true,
      seLinuxMount: true,
      nodeAllocatableUpdatePeriodSeconds: 30,
      serviceAccountTokenInSecrets: true,
      tokenRequests: [{ audience: 'a' }],
      preventPodSchedulingIfMissing: true,
    },
  }),
  valid('storage.k8s.io/v1', 'VolumeAttributesClass', { driverName: 'a.b', parameters: { a: 'b' } }),
  valid('storage.k8s.io/v1beta1', 'VolumeAttributesClass', { driverName: 'a.b', parameters: { a: 'b' } }),
  valid('storage.k8s.io/v1', 'CSINode', { spec: { drivers: [{ name: 'a.b', nodeID: 'n', allocatable: { count: 1 } }] } }),
  valid('storage.k8s.io/v1', 'VolumeAttachment', { spec: { attacher: 'a.example', nodeName: 'n', source: { persistentVolumeName: 'v' } } }),
  valid('storage.k8s.io/v1', 'CSIStorageCapacity', { storageClassName: 's', capacity: '1Gi', nodeTopology: { matchLabels: labels } }),
  valid('coordination.k8s.io/v1', 'Lease', {
    spec: { holderIdentity: 'h', leaseDurationSeconds: 1, strategy: 'OldestEmulationVersion', preferredHolder: 'p' },
  }),
  valid('resource.k8s.io/v1', 'DeviceClass', {
    spec: { selectors: [{ cel: { expression: 'device.driver == "x"' } }], extendedResourceName: 'a.b/c' },
  }),
  valid('resource.k8s.io/v1', 'ResourceClaim', {
    spec: {
      devices: {
        requests: [
          deviceRequest,
          {
            name: 's',
            firstAvailable: [
              { name: 'q', deviceClassName: 'd', tolerations: [{ key: 'k', operator: 'Exists' }], capacity: { requests: { x: '1' } } },
            ],
          },
        ],
        constraints: [{ matchAttribute: 'a.b/c' }],
      },
    },
  }),
  valid('resource.k8s.io/v1', 'ResourceClaim', {
    spec: {
      devices: {
        requests: [{ name: 's', firstAvailable: [{ name: 'q', deviceClassName: 'd' }] }],
        constraints: [{ distinctAttribute: 'a.b/c' }],
      },
    },
  }),
  valid('resource.k8s.io/v1', 'ResourceClaimTemplate', { spec: { spec: { devices: { requests: [deviceRequest] } } } }),
  valid('resource.k8s.io/v1', 'ResourceSlice', {
    spec: {
      driver: 'a.example',
      nodeName: 'n',
      pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
      devices: [
        {
          name: 'd',
          attributes: { x: { string: 's' } },
          capacity: { m: { value: '1', requestPolicy: { default: '1', validValues: ['1'] } } },
          taints: [{ key: 'k', effect: 'NoSchedule' }],
          allowMultipleAllocations: true,
          bindsToNode: true,
          bindingConditions: ['A'],
          bindingFailureConditions: ['B'],
        },
      ],
    },
  }),
  valid('resource.k8s.io/v1', 'ResourceSlice', {
    spec: {
      driver: 'a.example',
      perDeviceNodeSelection: true,
      pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
      devices: [{ name: 'd', allNodes: true, consumesCounters: [{ counterSet: 'c', counters: { a: { value: '1' } } }] }],
    },
  }),
  valid('resource.k8s.io/v1', 'ResourceSlice', {
    spec: {
      driver: 'a.example',
      nodeName: 'n',
      pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
      sharedCounters: [{ name: 'c', counters: { a: { value: '1' } } }],
    },
  }),
  valid('resource.k8s.io/v1', 'ResourceSlice', {
    spec: {
      driver: 'a.example',
      nodeName: 'n',
      pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
      devices: [{ name: 'd', consumesCounters: [{ counterSet: 'c', counters: { a: { value: '1' } } }] }],
    },
  }),
  valid('admissionregistration.k8s.io/v1', 'MutatingAdmissionPolicy', {
    spec: {
      matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] },
      reinvocationPolicy: 'Never',
      failurePolicy: 'Fail',
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } }],
    },
  }),
  valid('admissionregistration.k8s.io/v1', 'MutatingAdmissionPolicyBinding', { spec: { policyName: 'p' } }),
  valid('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', { spec: { policyName: 'p', validationActions: ['Deny'] } }),
  valid('certificates.k8s.io/v1', 'ClusterTrustBundle', { spec: { trustBundle: 'x' } }),
  valid(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    {
      spec: {
        group: 'a.example',
        scope: 'Namespaced',
        names: { plural: 'ks', singular: 'k', kind: 'K', listKind: 'KList' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  spec: {
                    type: 'object',
                    properties: { a: { type: 'string', format: 'k8s-short-name' } },
                    'x-kubernetes-validations': [{ rule: 'has(self.a)' }],
                  },
                },
              },
            },
            selectableFields: [{ jsonPath: '.spec.a' }],
          },
        ],
      },
    },
    'ks.a.example',
  ),
];
