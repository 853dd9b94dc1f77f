// Validators as rows: a valid object of a kind, what is changed, and the causes the server gives. And that no shape makes one throw.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSchemas } from '../../kube/schema/load.ts';
import { featuresOf } from '../../kube/version/feature-gates.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { assumedFacts, snapshot } from '../../snapshot/snapshot.ts';
import type { FieldError } from '../fields/error.ts';
import { storeOf } from '../store/of-snapshot.ts';
import { validatorOf } from './index.ts';
import { createErrors, updateErrors } from './run.ts';
import type { ValidationContext } from './validator.ts';

const release = await loadSchemas('1.36');
assert.ok(release !== undefined);
const context: ValidationContext = {
  version: '1.36',
  features: featuresOf('1.36'),
  apiVersion: 'v1',
  state: storeOf(snapshot({ resources: [], facts: assumedFacts('1.36') }), release).store,
  allowPrivileged: true,
  serviceClusterIpRanges: ['10.0.0.0/16'],
  nodePortRange: [30000, 32767],
  dryRun: false,
  now: '2030-01-02T03:04:05Z',
  username: 'root',
};

const podSpec: JsonObject = {
  containers: [
    {
      name: 'c',
      image: 'nginx',
      imagePullPolicy: 'Always',
      terminationMessagePolicy: 'File',
      ports: [{ containerPort: 80, protocol: 'TCP' }],
    },
  ],
  restartPolicy: 'Always',
  dnsPolicy: 'ClusterFirst',
  terminationGracePeriodSeconds: 30,
};
const labels = { app: 'web' };
const jobLabels = {
  'controller-uid': 'u',
  'job-name': 'x',
  'batch.kubernetes.io/controller-uid': 'u',
  'batch.kubernetes.io/job-name': 'x',
};
const template: JsonObject = { metadata: { labels }, spec: podSpec };

interface Sample {
  readonly group: string;
  readonly cluster?: boolean;
  readonly object: JsonObject;
}

const samples: Readonly<Record<string, Sample>> = {
  Pod: { group: '', object: { spec: podSpec } },
  Service: {
    group: '',
    object: {
      spec: {
        type: 'ClusterIP',
        sessionAffinity: 'None',
        selector: labels,
        ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
        internalTrafficPolicy: 'Cluster',
      },
    },
  },
  ConfigMap: { group: '', object: { data: { a: 'b' } } },
  Secret: { group: '', object: { type: 'Opaque', data: { a: 'Yg==' } } },
  Deployment: {
    group: 'apps',
    object: {
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template,
        strategy: { type: 'Recreate' },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
      },
    },
  },
  Job: {
    group: 'batch',
    object: {
      spec: {
        completions: 1,
        parallelism: 1,
        backoffLimit: 6,
        completionMode: 'NonIndexed',
        suspend: false,
        podReplacementPolicy: 'Failed',
        selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
        template: { metadata: { labels: jobLabels }, spec: { ...podSpec, restartPolicy: 'Never' } },
      },
    },
  },
  PersistentVolume: {
    group: '',
    cluster: true,
    object: {
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Gi' },
        nfs: { server: 's', path: '/' },
        persistentVolumeReclaimPolicy: 'Retain',
        volumeMode: 'Filesystem',
      },
    },
  },
  NetworkPolicy: {
    group: 'networking.k8s.io',
    object: { spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] } },
  },
  Ingress: {
    group: 'networking.k8s.io',
    object: {
      spec: {
        rules: [
          {
            host: 'a.example',
            http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }] },
          },
        ],
      },
    },
  },
  Role: { group: 'rbac.authorization.k8s.io', object: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] } },
  RoleBinding: {
    group: 'rbac.authorization.k8s.io',
    object: {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
      subjects: [{ kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' }],
    },
  },
  PodDisruptionBudget: { group: 'policy', object: { spec: { maxUnavailable: 1, selector: { matchLabels: labels } } } },
  HorizontalPodAutoscaler: {
    group: 'autoscaling',
    object: {
      spec: {
        minReplicas: 1,
        maxReplicas: 2,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
      },
    },
  },
  FlowSchema: {
    group: 'flowcontrol.apiserver.k8s.io',
    cluster: true,
    object: {
      spec: {
        matchingPrecedence: 9,
        priorityLevelConfiguration: { name: 'p' },
        rules: [{ subjects: [{ kind: 'User', user: { name: 'u' } }], nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/x/*'] }] }],
      },
    },
  },
  PriorityLevelConfiguration: {
    group: 'flowcontrol.apiserver.k8s.io',
    cluster: true,
    object: {
      spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: { queues: 8, handSize: 2, queueLengthLimit: 1 } } } },
    },
  },
  CertificateSigningRequest: {
    group: 'certificates.k8s.io',
    cluster: true,
    object: {
      spec: {
        request: btoa('-----BEGIN CERTIFICATE REQUEST-----\nMA4wBwIBADAAMAAwAAMBAA==\n-----END CERTIFICATE REQUEST-----\n'),
        signerName: 'example.com/signer',
        usages: ['client auth'],
      },
    },
  },
  APIService: {
    group: 'apiregistration.k8s.io',
    cluster: true,
    object: {
      metadata: { name: 'v1.x.example' },
      spec: {
        group: 'x.example',
        version: 'v1',
        groupPriorityMinimum: 10,
        versionPriority: 10,
        service: { namespace: 'n', name: 's', port: 443 },
        insecureSkipTLSVerify: true,
      },
    },
  },
  ResourceClaim: {
    group: 'resource.k8s.io',
    object: {
      spec: {
        devices: {
          requests: [
            {
              name: 'r',
              exactly: {
                deviceClassName: 'c',
                allocationMode: 'ExactCount',
                count: 1,
                selectors: [{ cel: { expression: "device.driver == 'x'" } }],
              },
            },
          ],
          constraints: [{ requests: ['r'], matchAttribute: 'x.example/numa' }],
        },
      },
    },
  },
  DeviceClass: {
    group: 'resource.k8s.io',
    cluster: true,
    object: { spec: { config: [{ opaque: { driver: 'x.example', parameters: { a: 1 } } }] } },
  },
  ResourceSlice: {
    group: 'resource.k8s.io',
    cluster: true,
    object: {
      spec: {
        driver: 'x.example',
        nodeName: 'n',
        pool: { name: 'p', resourceSliceCount: 1, generation: 1 },
        devices: [
          {
            name: 'd',
            attributes: { v: { version: '1.2.3' } },
            capacity: { memory: { value: '1Gi' } },
            taints: [{ key: 'k', effect: 'NoExecute' }],
          },
        ],
      },
    },
  },
  CustomResourceDefinition: {
    group: 'apiextensions.k8s.io',
    cluster: true,
    object: {
      metadata: { name: 'things.x.example' },
      spec: {
        group: 'x.example',
        scope: 'Namespaced',
        names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', properties: { a: { type: 'string', default: 'x' } } } },
          },
        ],
        conversion: { strategy: 'None' },
      },
      status: { storedVersions: ['v1'], acceptedNames: { plural: '', kind: '' } },
    },
  },
  StorageClass: {
    group: 'storage.k8s.io',
    cluster: true,
    object: { provisioner: 'p.example', reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
  },
};

function sample(kind: string): { readonly object: JsonObject; readonly group: string; readonly namespaced: boolean } {
  const { group, cluster = false, object } = samples[kind] ?? { group: '', object: {} };
  const { metadata = {}, ...rest } = object;
  const own = { name: 'x', uid: 'u', resourceVersion: '1', ...(cluster ? {} : { namespace: 'shop' }), ...(metadata as JsonObject) };
  return { group, namespaced: !cluster, object: { apiVersion: 'v1', kind, metadata: own, ...rest } };
}

/** The value with what stands at `a.b[0].c` replaced. */
function changed(value: Json | undefined, at: string, to: Json): Json {
  const steps = at.split(/[.[\]]+/).filter((step) => step !== '');
  const put = (node: Json | undefined, [step, ...rest]: readonly string[]): Json => {
    if (step === undefined) return to;
    if (Array.isArray(node)) return node.map((item: Json, index) => (index === Number(step) ? put(item, rest) : item));
    const holder = (node ?? {}) as JsonObject;
    return { ...holder, [step]: put(holder[step], rest) };
  };
  return put(value, steps);
}

function causes(errors: readonly FieldError[]): readonly string[] {
  return [...new Set(errors.map(({ field, type }) => `${field} ${type}`))];
}

for (const kind of Object.keys(samples))
  test(`${kind}: the sample is valid`, () => {
    const { object, group, namespaced } = sample(kind);
    assert.deepEqual(causes(createErrors(validatorOf(group, kind), object, namespaced, context)), []);
    assert.deepEqual(causes(updateErrors(validatorOf(group, kind), object, object, namespaced, context)), []);
  });

const creates: readonly (readonly [string, string, Json, readonly string[]])[] = [
  ['Pod', 'metadata.name', 'Bad_', ['metadata.name FieldValueInvalid']],
  ['Pod', 'spec.containers', [], ['spec.containers FieldValueRequired']],
  ['Pod', 'spec.containers[0].name', '', ['spec.containers[0].name FieldValueRequired']],
  ['Pod', 'spec.containers[0].ports[0].containerPort', 0, ['spec.containers[0].ports[0].containerPort FieldValueRequired']],
  [
    'Pod',
    'spec.containers[0].volumeMounts',
    [{ name: 'v', mountPath: '/v' }],
    ['spec.containers[0].volumeMounts[0].name FieldValueNotFound'],
  ],
  [
    'Pod',
    'spec.containers[0].resources',
    { requests: { cpu: '2' }, limits: { cpu: '1' } },
    ['spec.containers[0].resources.requests FieldValueInvalid'],
  ],
  ['Pod', 'spec.restartPolicy', 'Sometimes', ['spec.restartPolicy FieldValueNotSupported']],
  ['Pod', 'spec.volumes', [{ name: 'v' }], ['spec.volumes[0] FieldValueRequired']],
  ['Service', 'spec.ports[0].port', 70000, ['spec.ports[0].port FieldValueInvalid']],
  ['Service', 'spec.type', 'X', ['spec.type FieldValueNotSupported']],
  ['ConfigMap', 'data', { 'a/b': '' }, ['data[a/b] FieldValueInvalid']],
  ['ConfigMap', 'data', { a: 'x'.repeat(1024 * 1024 + 1) }, ['[] FieldValueTooLong']],
  ['Secret', 'type', 'kubernetes.io/tls', ['data[tls.crt] FieldValueRequired', 'data[tls.key] FieldValueRequired']],
  ['Deployment', 'spec.replicas', -1, ['spec.replicas FieldValueInvalid']],
  ['Deployment', 'spec.selector', { matchLabels: { app: 'other' } }, ['spec.template.metadata.labels FieldValueInvalid']],
  ['Deployment', 'spec.template.spec.restartPolicy', 'Never', ['spec.template.spec.restartPolicy FieldValueNotSupported']],
  ['Job', 'spec.completions', -1, ['spec.completions FieldValueInvalid']],
  ['PersistentVolume', 'spec.capacity.storage', '0', ['spec.capacity[storage] FieldValueInvalid']],
  ['NetworkPolicy', 'spec.ingress[0].from[0].ipBlock.cidr', '10.0.0.1', ['spec.ingress[0].from[0].ipBlock.cidr FieldValueInvalid']],
  ['NetworkPolicy', 'spec.policyTypes', ['X'], ['spec.policyTypes[0] FieldValueNotSupported']],
  ['Ingress', 'spec.rules', [], ['spec FieldValueInvalid']],
  ['Ingress', 'spec.rules[0].http.paths[0].path', 'x', ['spec.rules[0].http.paths[0].path FieldValueInvalid']],
  ['Role', 'rules[0].verbs', [], ['rules[0].verbs FieldValueRequired']],
  ['RoleBinding', 'roleRef.name', '', ['roleRef.name FieldValueRequired']],
  ['PodDisruptionBudget', 'spec.minAvailable', 1, ['spec FieldValueInvalid']],
  ['HorizontalPodAutoscaler', 'spec.maxReplicas', 0, ['spec.maxReplicas FieldValueRequired', 'spec.maxReplicas FieldValueInvalid']],
  [
    'FlowSchema',
    'spec.rules[0].nonResourceRules[0].nonResourceURLs',
    ['/*x'],
    ['spec.rules[0].nonResourceRules[0].nonResourceURLs[0] FieldValueInvalid'],
  ],
  ['FlowSchema', 'spec.matchingPrecedence', 1, ['spec.matchingPrecedence FieldValueInvalid']],
  ['FlowSchema', 'metadata.name', 'exempt', ['spec FieldValueInvalid']],
  ['PriorityLevelConfiguration', 'spec.limited.limitResponse.queuing.queues', 10_000_000, []],
  [
    'PriorityLevelConfiguration',
    'spec.limited.limitResponse.queuing',
    { queues: 1024, handSize: 7, queueLengthLimit: 1 },
    ['spec.limited.limitResponse.queuing.handSize FieldValueInvalid'],
  ],
  ['CertificateSigningRequest', 'spec.signerName', 'kubernetes.io/legacy-unknown', ['spec.signerName FieldValueInvalid']],
  ['CertificateSigningRequest', 'spec.request', 'eA==', ['spec.request FieldValueInvalid']],
  ['APIService', 'spec.version', 'v2', ['metadata.name FieldValueInvalid']],
  ['APIService', 'spec.service', null, ['spec.insecureSkipTLSVerify FieldValueInvalid']],
  ['ResourceClaim', 'spec.devices.constraints[0].requests', ['other'], ['spec.devices.constraints[0].requests[0] FieldValueInvalid']],
  [
    'ResourceClaim',
    'spec.devices.requests[0].exactly.selectors[0].cel.expression',
    '1',
    ['spec.devices.requests[0].exactly.selectors[0].cel.expression FieldValueInvalid'],
  ],
  ['DeviceClass', 'spec.config[0].opaque.parameters', [], ['spec.config[0].opaque.parameters FieldValueInvalid']],
  ['ResourceSlice', 'spec.allNodes', true, ['spec FieldValueInvalid']],
  ['ResourceSlice', 'spec.devices[0].attributes.v.version', '1.2', ['spec.devices[0].attributes[v].version FieldValueInvalid']],
  ['CustomResourceDefinition', 'spec.scope', 'Some', ['spec.scope FieldValueNotSupported']],
  ['CustomResourceDefinition', 'spec.group', 'nodots', ['metadata.name FieldValueInvalid', 'spec.group FieldValueInvalid']],
  [
    'CustomResourceDefinition',
    'spec.versions[0].selectableFields',
    [{ jsonPath: '.a' }, { jsonPath: '.b' }],
    ['spec.selectableFields[1].jsonPath FieldValueInvalid'],
  ],
  ['CustomResourceDefinition', 'spec.preserveUnknownFields', true, ['spec.preserveUnknownFields FieldValueInvalid']],
  ['StorageClass', 'provisioner', '', ['provisioner FieldValueRequired']],
];
for (const [kind, at, value, expected] of creates)
  test(`create ${kind} with ${at} ${JSON.stringify(value)}`, () => {
    const { object, group, namespaced } = sample(kind);
    const errors = createErrors(validatorOf(group, kind), changed(object, at, value) as JsonObject, namespaced, context);
    assert.deepEqual(causes(errors), expected);
  });

const updates: readonly (readonly [string, string, Json, readonly string[]])[] = [
  ['Pod', 'spec.containers[0].image', 'nginx:2', []],
  ['Pod', 'spec.nodeName', 'n', ['spec FieldValueForbidden']],
  ['Pod', 'metadata.uid', 'other', ['metadata.uid FieldValueInvalid']],
  ['ConfigMap', 'immutable', true, []],
  ['Secret', 'type', 'x.example/y', ['type FieldValueInvalid']],
  [
    'Deployment',
    'spec.selector',
    { matchLabels: labels, matchExpressions: [{ key: 'app', operator: 'Exists' }] },
    ['spec.selector FieldValueInvalid'],
  ],
  ['Job', 'spec.parallelism', 3, []],
  ['Job', 'spec.template.spec.containers[0].image', 'other', ['spec.template FieldValueInvalid']],
  ['PersistentVolume', 'spec.nfs.path', '/other', ['spec.persistentvolumesource FieldValueForbidden']],
  ['RoleBinding', 'roleRef.name', 'other', ['roleRef FieldValueInvalid']],
  ['CertificateSigningRequest', 'status.conditions', [{ type: 'Approved', status: 'True' }], ['status.conditions FieldValueForbidden']],
  ['ResourceSlice', 'spec.driver', 'y.example', ['spec.driver FieldValueInvalid']],
  ['CustomResourceDefinition', 'spec.group', 'y.example', ['spec.group FieldValueInvalid']],
  [
    'CustomResourceDefinition',
    'spec.versions[0].name',
    'v2',
    ['status.storedVersions FieldValueInvalid', 'status.storedVersions[0] FieldValueInvalid'],
  ],
  ['StorageClass', 'parameters', { a: 'b' }, ['parameters FieldValueInvalid']],
];
for (const [kind, at, value, expected] of updates)
  test(`update ${kind} with ${at} ${JSON.stringify(value)}`, () => {
    const { object, group, namespaced } = sample(kind);
    const errors = updateErrors(validatorOf(group, kind), changed(object, at, value) as JsonObject, object, namespaced, context);
    assert.deepEqual(causes(errors), expected);
  });

const hostile: readonly Json[] = [null, [], {}, -1, 1e300, 'x', '\ud800', true, [null], { '': null }];

function* variants(value: Json | undefined): Generator<Json> {
  yield* hostile;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const other of variants(item as Json)) yield value.map((one: Json, at) => (at === index ? other : one));
  } else if (value !== null && typeof value === 'object')
    for (const [key, item] of Object.entries(value as JsonObject))
      for (const other of variants(item)) yield { ...(value as JsonObject), [key]: other };
}

for (const kind of Object.keys(samples))
  test(`${kind}: no shape makes validation throw`, () => {
    const { object, group, namespaced } = sample(kind);
    const validator = validatorOf(group, kind);
    for (const other of variants(object)) {
      if (other === null || typeof other !== 'object' || Array.isArray(other)) continue;
      const odd = other as JsonObject;
      createErrors(validator, odd, namespaced, context);
      updateErrors(validator, odd, object, namespaced, context);
      updateErrors(validator, object, odd, namespaced, context, 'status');
      validator?.warnings?.(odd, object, context, '');
    }
  });

test('a kind it does not know has no validator, however it is called', () => {
  for (const kind of ['Widget', 'constructor', '__proto__']) assert.equal(validatorOf('', kind), undefined);
  assert.equal(validatorOf('__proto__', 'Pod'), undefined);
});
