// A create of a Deployment with three containers through every stage of the API server, without HTTP, as a dry run: authorization, decoding
// and field validation, defaults, managed fields, admission, validation, the object as it is written. Beside it creates, applies and merge
// patches of a Deployment and of a custom resource of the same form; what counts of those is their ratio. `npm run bench -- request [SECONDS]`.

import { loadSchemas } from '../src/kube/schema/load.ts';
import type { Json } from '../src/lib/json.ts';
import { answerWrite } from '../src/request/pipeline.ts';
import type { ApiRequest } from '../src/request/request.ts';
import { apiServer } from '../src/request/server.ts';
import { storeOf } from '../src/request/store/of-snapshot.ts';
import { assumedFacts, resource, snapshot } from '../src/snapshot/snapshot.ts';
import { median } from './measure.ts';

const milliseconds = Number(process.argv[3] ?? 2) * 1000;
const goal = 150;

const release = await loadSchemas('1.36');
if (release === undefined) throw new Error('no data of release 1.36');
const rbac = 'rbac.authorization.k8s.io';
const objects = [
  {
    apiVersion: `${rbac}/v1`,
    kind: 'Role',
    metadata: { name: 'dev', namespace: 'shop' },
    rules: [{ apiGroups: ['apps', 'shop.example'], resources: ['deployments', 'frontends'], verbs: ['create', 'patch'] }],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'dev', namespace: 'shop' },
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'dev' },
    subjects: [{ kind: 'User', name: 'jane', apiGroup: rbac }],
  },
];

/** The parts of a Deployment that the bench uses, as a custom kind has them. */
const text = { type: 'string' };
const texts = { type: 'object', additionalProperties: text };
const object = (properties: Json): Json => ({ type: 'object', properties });
const list = (key: string, properties: Json): Json => ({
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': [key],
  items: { type: 'object', required: [key], properties },
});
const container = {
  name: text,
  image: text,
  ports: list('containerPort', { name: text, containerPort: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } }),
  env: list('name', { name: text, value: text, valueFrom: object({ fieldRef: object({ fieldPath: text }) }) }),
  resources: object({ requests: texts, limits: texts }),
  readinessProbe: object({ httpGet: object({ path: text, port: { 'x-kubernetes-int-or-string': true } }) }),
  volumeMounts: list('mountPath', { name: text, mountPath: text }),
  securityContext: object({
    runAsNonRoot: { type: 'boolean' },
    allowPrivilegeEscalation: { type: 'boolean' },
    capabilities: object({ drop: { type: 'array', items: text } }),
  }),
};
const volume = { name: text, emptyDir: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
const podSpec = object({ containers: list('name', container), volumes: list('name', volume) });
const spec = object({
  replicas: { type: 'integer', default: 1 },
  selector: object({ matchLabels: texts }),
  template: object({ metadata: object({ labels: texts }), spec: podSpec }),
});
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'frontends.shop.example' },
  spec: {
    group: 'shop.example',
    scope: 'Namespaced',
    names: { plural: 'frontends', singular: 'frontend', kind: 'Frontend', listKind: 'FrontendList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: object({ spec }) } }],
  },
};
objects.push(definition as never);
const state = snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })), facts: assumedFacts('1.36') });
const { store } = storeOf(state, release, ['shop']);
const writing = {
  server: apiServer(release),
  state: store,
  store,
  access: () => state,
  circumstances: {
    now: '2030-01-02T03:04:05Z',
    uid: () => 'c0ffee00-0000-4000-8000-000000000000',
    suffix: (length: number) => 'x'.repeat(length),
  },
};

const containerNamed = (name: string): Json => ({
  name,
  image: `registry.example/${name}:1.2.3`,
  ports: [{ name: 'http', containerPort: 8080 }],
  env: [
    { name: 'MODE', value: 'production' },
    { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ],
  resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
  readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
  securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
});
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [containerNamed('web'), containerNamed('proxy'), containerNamed('metrics')].map((each, index) => ({
          ...(each as object),
          ports: [{ name: `http${index}`, containerPort: 8080 + index }],
          readinessProbe: { httpGet: { path: '/ready', port: `http${index}` } },
        })) as Json,
        volumes: [{ name: 'data', emptyDir: {} }],
      },
    },
  },
};
const frontend = { ...deployment, apiVersion: 'shop.example/v1', kind: 'Frontend' };
const query = { dryRun: 'All', fieldValidation: 'Strict', fieldManager: 'bench' };
const common = { query, user: { name: 'jane', groups: ['system:authenticated'] } };
const deployments = '/apis/apps/v1/namespaces/shop/deployments';
const frontends = '/apis/shop.example/v1/namespaces/shop/frontends';

function creating(path: string, value: Json): ApiRequest {
  return { ...common, method: 'POST', path, body: { kind: 'json', value } };
}

function patching(path: string, kind: string, value: Json, force: Record<string, string> = {}): ApiRequest {
  const body = { kind: 'json' as const, value };
  return { ...common, method: 'PATCH', path: `${path}/web`, query: { ...query, ...force }, contentType: `application/${kind}`, body };
}

// A round is short, so that most are not interrupted: what other processes take of a shared machine is in the median and not in the best tenth.
const perRound = 20;

function timesOf(request: ApiRequest, duration: number): { readonly best: number; readonly middle: number } {
  const { answer } = answerWrite(request, writing);
  if (answer.code > 201) throw new Error(answer.refusal?.message ?? 'refused');
  for (let count = 0; count < 5_000; count++) answerWrite(request, writing);
  const rounds: number[] = [];
  const end = performance.now() + duration;
  while (performance.now() < end) {
    const start = performance.now();
    for (let count = 0; count < perRound; count++) answerWrite(request, writing);
    rounds.push(((performance.now() - start) * 1000) / perRound);
  }
  return { best: rounds.sort((a, b) => a - b)[Math.floor(rounds.length / 10)] ?? 0, middle: median(rounds) };
}

const asText: ApiRequest = { ...creating(deployments, deployment), body: { kind: 'text', text: JSON.stringify(deployment) } };
for (const [what, request] of [
  ['as text', asText],
  ['as JSON already read', creating(deployments, deployment)],
] as const) {
  const { best, middle } = timesOf(request, milliseconds);
  const times = `${best.toFixed(0)} µs in the best tenth of rounds, ${middle.toFixed(0)} µs in the median`;
  console.log(`create of a Deployment with three containers, ${what}: ${times} (goal ${goal} µs)`);
  if (best > goal) process.exitCode = 1;
}

for (const [path, value] of [
  [deployments, deployment],
  [frontends, frontend],
] as const) {
  const { answer } = answerWrite({ ...creating(path, value), query: { fieldManager: 'bench' } }, writing);
  if (answer.code !== 201) throw new Error(answer.refusal?.message ?? 'refused');
}
const scaled: Json = { spec: { replicas: 5 } };
const others = { metadata: { name: 'other', labels: { app: 'web' } } };
const kinds: readonly (readonly [what: string, builtIn: ApiRequest, custom: ApiRequest])[] = [
  ['create', creating(deployments, { ...deployment, ...others }), creating(frontends, { ...frontend, ...others })],
  [
    'apply over it',
    patching(deployments, 'apply-patch+yaml', deployment, { force: 'true' }),
    patching(frontends, 'apply-patch+yaml', frontend, { force: 'true' }),
  ],
  ['merge patch of it', patching(deployments, 'merge-patch+json', scaled), patching(frontends, 'merge-patch+json', scaled)],
];
for (const [what, builtIn, custom] of kinds) {
  const [of, beside] = [timesOf(builtIn, milliseconds / 2).best, timesOf(custom, milliseconds / 2).best];
  const ratio = (beside / of).toFixed(2);
  console.log(`${what}: Deployment ${of.toFixed(0)} µs, a custom resource of the same form ${beside.toFixed(0)} µs, ${ratio} times`);
}
