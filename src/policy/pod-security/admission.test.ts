import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { AdmissionContext, AdmissionInput } from '../admission.ts';
import { admissionRequest } from '../admission-request.ts';
import { podSecurityAdmission } from './admission.ts';
import { defaultConfiguration, type PodSecurityConfiguration } from './configuration.ts';

const prefix = 'pod-security.kubernetes.io/';
const labelled = (labels: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(labels).map(([key, value]) => [prefix + key, value]));
const spec: JsonObject = { hostNetwork: true, containers: [{ name: 'c', image: 'i' }] };
const pod: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec };

interface Asked {
  readonly labels?: JsonObject;
  readonly input?: Partial<AdmissionInput>;
  readonly configuration?: PodSecurityConfiguration;
  readonly pods?: readonly JsonObject[];
}

function ask({ labels = {}, input = {}, configuration = defaultConfiguration, pods = [] }: Asked) {
  const context: AdmissionContext = { namespace: (name) => ({ metadata: { name, labels: labelled(labels) } }), pods: () => pods };
  const whole: AdmissionInput = {
    operation: 'CREATE',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subResource: '',
    name: 'p',
    namespace: 'shop',
    object: pod as Json,
    oldObject: null,
    userInfo: { username: 'jane' },
    dryRun: false,
    ...input,
  };
  const { refusal, warnings, auditAnnotations } = podSecurityAdmission(admissionRequest(whole, context), configuration);
  const keys = Object.entries(auditAnnotations).map(([key, value]) => `${key.slice(prefix.length)}=${value.split(' ')[0]}`);
  return [refusal === undefined ? 'admitted' : String(refusal.code), warnings.length, keys.join()];
}

const exempt: PodSecurityConfiguration = {
  ...defaultConfiguration,
  exemptions: { usernames: ['jane'], namespaces: ['kube-system'], runtimeClasses: ['kata'] },
};
const relabelled = (labels: JsonObject): Partial<AdmissionInput> => ({
  kind: { group: '', version: 'v1', kind: 'Namespace' },
  resource: { group: '', version: 'v1', resource: 'namespaces' },
  name: 'shop',
  operation: 'UPDATE',
  object: { metadata: { name: 'shop', labels: labelled(labels) } },
  oldObject: { metadata: { name: 'shop' } },
});

const cases: readonly (readonly [says: string, asked: Asked, answer: readonly [string, number, string]])[] = [
  ['no labels enforce nothing', {}, ['admitted', 0, 'enforce-policy=privileged:latest']],
  ['baseline refuses the host network', { labels: { enforce: 'baseline' } }, ['403', 0, 'enforce-policy=baseline:latest']],
  ['warn warns', { labels: { enforce: 'privileged', warn: 'baseline' } }, ['admitted', 1, 'enforce-policy=privileged:latest']],
  ['audit is written', { labels: { audit: 'baseline' } }, ['admitted', 0, 'enforce-policy=privileged:latest,audit-violations=would']],
  [
    'what makes pods is warned about, not refused',
    {
      labels: { enforce: 'baseline' },
      input: {
        kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
        resource: { group: 'apps', version: 'v1', resource: 'deployments' },
        object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { template: { spec } } },
      },
    },
    ['admitted', 1, ''],
  ],
  ['an exempt user may do everything', { labels: { enforce: 'restricted' }, configuration: exempt }, ['admitted', 0, 'exempt=user']],
  [
    'an exempt namespace, too',
    { labels: { enforce: 'restricted' }, configuration: exempt, input: { namespace: 'kube-system', userInfo: {} } },
    ['admitted', 0, 'exempt=namespace'],
  ],
  [
    'an update of labels alone is not looked at',
    {
      labels: { enforce: 'baseline' },
      input: { operation: 'UPDATE', oldObject: pod as Json, object: { ...pod, metadata: { name: 'p', labels: { a: 'b' } } } },
    },
    ['admitted', 0, ''],
  ],
  [
    'an update of an image is',
    {
      labels: { enforce: 'baseline' },
      input: {
        operation: 'UPDATE',
        oldObject: pod as Json,
        object: { ...pod, spec: { ...spec, containers: [{ name: 'c', image: 'other' }] } },
      },
    },
    ['403', 0, 'enforce-policy=baseline:latest'],
  ],
  ['status and exec are not', { labels: { enforce: 'baseline' }, input: { subResource: 'exec' } }, ['admitted', 0, '']],
  [
    'a level that is none refuses pods that restricted would',
    { labels: { enforce: 'wrong' } },
    ['403', 0, 'error=Failed,enforce-policy=restricted:latest'],
  ],
  ['a namespace with a wrong label is refused', { input: relabelled({ enforce: 'wrong' }) }, ['422', 0, '']],
  ['enforcing more warns about the pods that are there', { input: relabelled({ enforce: 'baseline' }), pods: [pod] }, ['admitted', 2, '']],
];

for (const [says, asked, answer] of cases) test(says, () => assert.deepEqual(ask(asked), answer));
