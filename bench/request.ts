// A create of a Deployment with three containers through every stage of the API server, without HTTP, as a dry run: authorization, decoding
// and field validation, defaults, managed fields, admission, validation, the object as it is written. `npm run bench -- request [SECONDS]`.

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
    rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['create'] }],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'dev', namespace: 'shop' },
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'dev' },
    subjects: [{ kind: 'User', name: 'jane', apiGroup: rbac }],
  },
];
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

const container = (name: string): Json => ({
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
const deployment: Json = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [container('web'), container('proxy'), container('metrics')].map((each, index) => ({
          ...(each as object),
          ports: [{ name: `http${index}`, containerPort: 8080 + index }],
          readinessProbe: { httpGet: { path: '/ready', port: `http${index}` } },
        })) as Json,
        volumes: [{ name: 'data', emptyDir: {} }],
      },
    },
  },
};
const common = {
  method: 'POST',
  path: '/apis/apps/v1/namespaces/shop/deployments',
  query: { dryRun: 'All', fieldValidation: 'Strict', fieldManager: 'bench' },
  user: { name: 'jane', groups: ['system:authenticated'] },
};
const requests: readonly (readonly [what: string, request: ApiRequest])[] = [
  ['as text', { ...common, body: { kind: 'text', text: JSON.stringify(deployment) } }],
  ['as JSON already read', { ...common, body: { kind: 'json', value: deployment } }],
];

// A round is short, so that most are not interrupted: what other processes take of a shared machine is in the median and not in the best tenth.
const perRound = 20;
for (const [what, request] of requests) {
  const { answer } = answerWrite(request, writing);
  if (answer.code !== 201) throw new Error(answer.refusal?.message ?? 'refused');
  for (let count = 0; count < 5_000; count++) answerWrite(request, writing);
  const rounds: number[] = [];
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const start = performance.now();
    for (let count = 0; count < perRound; count++) answerWrite(request, writing);
    rounds.push(((performance.now() - start) * 1000) / perRound);
  }
  const best = rounds.sort((a, b) => a - b)[Math.floor(rounds.length / 10)] ?? 0;
  const times = `${best.toFixed(0)} µs in the best tenth of rounds, ${median(rounds).toFixed(0)} µs in the median`;
  console.log(`create of a Deployment with three containers, ${what}: ${times} (goal ${goal} µs)`);
  if (best > goal) process.exitCode = 1;
}
