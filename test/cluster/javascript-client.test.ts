// One script of the official JavaScript client (@kubernetes/client-node) against a real API server and against the simulated one: every answer,
// every refusal and every event of a watch must be equal, once what no two servers share is made alike. kubectl's script is beside it.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  ApiException,
  ApiextensionsV1Api,
  AppsV1Api,
  AuthenticationV1Api,
  AuthorizationV1Api,
  BatchV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
  VersionApi,
  Watch,
} from '@kubernetes/client-node';
import { kubeconfigText } from '../../src/server/simulate/kubeconfig.ts';
import { folder } from '../folder.ts';
import { startSimulated } from '../simulated.ts';
import { realCluster } from './cluster.ts';

type Step = readonly [name: string, run: () => Promise<unknown>];

const podSpec = { containers: [{ name: 'web', image: 'registry.example/web:1', ports: [{ containerPort: 80 }] }] };
const deployment = (name: string) => ({
  metadata: { name, labels: { app: name } },
  spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: podSpec } },
});

/** What a program would do with the client: all kinds of calls, right and wrong ones. */
function script(config: KubeConfig, namespace: string): readonly Step[] {
  const [core, apps, batch] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api), config.makeApiClient(BatchV1Api)];
  const [rbac, custom] = [config.makeApiClient(RbacAuthorizationV1Api), config.makeApiClient(CustomObjectsApi)];
  const [access, who] = [config.makeApiClient(AuthorizationV1Api), config.makeApiClient(AuthenticationV1Api)];
  const definitions = config.makeApiClient(ApiextensionsV1Api);
  const objects = KubernetesObjectApi.makeApiClient(config);
  const plural = `wheels${namespace.replace(/[^a-z0-9]/g, '')}`;
  const wheels = { group: 'test.example', version: 'v1', namespace, plural };
  const wheel = { apiVersion: 'test.example/v1', kind: 'Wheel', metadata: { name: 'one', namespace }, spec: { size: 3 } };
  const patched = (type: PatchStrategy) => setHeaderOptions('Content-Type', type);
  const settings = { name: 'settings', namespace };
  return [
    ['version', async () => (await config.makeApiClient(VersionApi).getCode()).major],
    ['who am I', () => who.createSelfSubjectReview({ body: {} })],
    [
      'create a config map',
      () => core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'settings' }, data: { a: '1' } } }),
    ],
    ['create it again', () => core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'settings' } } })],
    ['read it', () => core.readNamespacedConfigMap(settings)],
    ['replace it', () => core.replaceNamespacedConfigMap({ ...settings, body: { metadata: { name: 'settings' }, data: { b: '2' } } })],
    [
      'replace it with an old version',
      () => core.replaceNamespacedConfigMap({ ...settings, body: { metadata: { name: 'settings', resourceVersion: '1' }, data: {} } }),
    ],
    [
      'patch it with JSON',
      () =>
        core.patchNamespacedConfigMap(
          { ...settings, body: [{ op: 'add', path: '/data/c', value: '3' }] },
          patched(PatchStrategy.JsonPatch),
        ),
    ],
    [
      'patch it with a failing test',
      () =>
        core.patchNamespacedConfigMap(
          { ...settings, body: [{ op: 'test', path: '/data/c', value: '4' }] },
          patched(PatchStrategy.JsonPatch),
        ),
    ],
    [
      'merge into it',
      () => core.patchNamespacedConfigMap({ ...settings, body: { data: { b: null, d: '4' } } }, patched(PatchStrategy.MergePatch)),
    ],
    ['create a deployment', () => apps.createNamespacedDeployment({ namespace, body: deployment('web') })],
    [
      'patch it strategically',
      () =>
        apps.patchNamespacedDeployment(
          {
            name: 'web',
            namespace,
            body: { spec: { template: { spec: { containers: [{ name: 'side', image: 'registry.example/side:1' }] } } } },
          },
          patched(PatchStrategy.StrategicMergePatch),
        ),
    ],
    [
      'apply to it',
      () =>
        apps.patchNamespacedDeployment(
          {
            name: 'web',
            namespace,
            fieldManager: 'program',
            body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels: { tier: 'front' } } },
          },
          patched(PatchStrategy.ServerSideApply),
        ),
    ],
    [
      'apply against another manager',
      () =>
        apps.patchNamespacedDeployment(
          {
            name: 'web',
            namespace,
            fieldManager: 'other',
            body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 9 } },
          },
          patched(PatchStrategy.ServerSideApply),
        ),
    ],
    ['read its scale', () => apps.readNamespacedDeploymentScale({ name: 'web', namespace })],
    [
      'scale it',
      () =>
        apps.replaceNamespacedDeploymentScale({
          name: 'web',
          namespace,
          body: { metadata: { name: 'web', namespace }, spec: { replicas: 4 } },
        }),
    ],
    ['create a dry run', () => apps.createNamespacedDeployment({ namespace, dryRun: 'All', body: deployment('dry') })],
    ['read the dry run', () => apps.readNamespacedDeployment({ name: 'dry', namespace })],
    [
      'create a pod that cannot be',
      () =>
        core.createNamespacedPod({ namespace, body: { metadata: { name: 'Bad_Name' }, spec: { containers: [{ name: 'a', image: '' }] } } }),
    ],
    [
      'create a pod with an unknown field, strictly',
      () =>
        core.createNamespacedPod({
          namespace,
          fieldValidation: 'Strict',
          body: { metadata: { name: 'p' }, spec: podSpec, more: 1 } as object,
        }),
    ],
    ['create a pod', () => core.createNamespacedPod({ namespace, body: { metadata: { name: 'p', labels: { app: 'p' } }, spec: podSpec } })],
    ['list pods by label', () => core.listNamespacedPod({ namespace, labelSelector: 'app in (p, q)' })],
    ['list pods by field', () => core.listNamespacedPod({ namespace, fieldSelector: 'spec.nodeName=elsewhere' })],
    ['list by a broken selector', () => core.listNamespacedPod({ namespace, labelSelector: 'a in (' })],
    ['list by an unknown field', () => core.listNamespacedPod({ namespace, fieldSelector: 'spec.nothing=1' })],
    [
      'bind the pod',
      () =>
        core.createNamespacedPodBinding({ name: 'p', namespace, body: { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n1' } } }),
    ],
    ['evict the pod', () => core.createNamespacedPodEviction({ name: 'p', namespace, body: { metadata: { name: 'p' } } })],
    [
      'create a job',
      () => batch.createNamespacedJob({ namespace, body: { metadata: { name: 'j' }, spec: { template: { spec: podSpec } } } }),
    ],
    [
      'create a job as it should be',
      async () => {
        const spec = { template: { spec: { ...podSpec, restartPolicy: 'Never' } } };
        const { spec: made } = await batch.createNamespacedJob({ namespace, body: { metadata: { name: 'j' }, spec } });
        return made;
      },
    ],
    ...['x', 'y', 'z'].map(
      (name): Step => [
        `create secret ${name}`,
        () => core.createNamespacedSecret({ namespace, body: { metadata: { name }, stringData: { k: name } } }),
      ],
    ),
    [
      'page through secrets',
      async () => {
        const pages: unknown[] = [];
        let _continue: string | undefined;
        do {
          const page = await core.listNamespacedSecret({ namespace, limit: 2, ...(_continue === undefined ? {} : { _continue }) });
          pages.push([page.items.map(({ metadata, data, type }) => [metadata?.name, data, type]), page.metadata?.remainingItemCount]);
          _continue = page.metadata?._continue;
        } while (_continue !== undefined && _continue !== '');
        return pages;
      },
    ],
    ['go on from nowhere', () => core.listNamespacedSecret({ namespace, limit: 1, _continue: 'nonsense' })],
    [
      'create a role that is wrong',
      () =>
        rbac.createNamespacedRole({
          namespace,
          body: { metadata: { name: 'r' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: [] }] },
        }),
    ],
    [
      'may I',
      () =>
        access.createSelfSubjectAccessReview({
          body: { spec: { resourceAttributes: { verb: 'delete', resource: 'nodes', namespace } } },
        }),
    ],
    [
      'may others',
      () =>
        access.createSubjectAccessReview({
          body: { spec: { user: 'rita', resourceAttributes: { verb: 'get', resource: 'secrets', namespace } } },
        }),
    ],
    [
      'define a kind',
      async () => {
        const schema = {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { size: { type: 'integer', maximum: 5 } } } },
          },
        };
        const { spec } = await definitions.createCustomResourceDefinition({
          body: {
            metadata: { name: `${plural}.test.example` },
            spec: {
              group: 'test.example',
              scope: 'Namespaced',
              names: { plural, singular: plural, kind: 'Wheel', listKind: 'WheelList' },
              versions: [{ name: 'v1', served: true, storage: true, schema }],
            },
          },
        });
        await established(definitions, `${plural}.test.example`);
        return { ...spec, names: undefined };
      },
    ],
    ['create one of the kind', () => custom.createNamespacedCustomObject({ ...wheels, body: wheel })],
    [
      'create one that is too large',
      () => custom.createNamespacedCustomObject({ ...wheels, body: { ...wheel, metadata: { name: 'two' }, spec: { size: 6 } } }),
    ],
    ['list the kind', () => custom.listNamespacedCustomObject(wheels)],
    ['read by kind', () => objects.read({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace } })],
    [
      'delete the definition',
      async () => (await definitions.deleteCustomResourceDefinition({ name: `${plural}.test.example` })) !== undefined,
    ],
    ['watch', () => watched(config, core, namespace)],
    ['delete the config map', () => core.deleteNamespacedConfigMap(settings)],
    ['delete it again', () => core.deleteNamespacedConfigMap(settings)],
    ['delete all secrets', async () => (await core.deleteCollectionNamespacedSecret({ namespace })).kind],
    ['a kind that is not there', () => custom.listNamespacedCustomObject({ ...wheels, plural: 'nothing' })],
  ];
}

async function established(definitions: ApiextensionsV1Api, name: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { status } = await definitions.readCustomResourceDefinition({ name });
    if (status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True') === true) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  // The real server serves a kind a moment after it is established.
  await new Promise((resolve) => setTimeout(resolve, 1000));
}

/** The events of a config map's life. */
async function watched(config: KubeConfig, core: CoreV1Api, namespace: string): Promise<unknown> {
  const { metadata } = await core.listNamespacedConfigMap({ namespace });
  const events: unknown[] = [];
  const ended = Promise.withResolvers<void>();
  const query = { resourceVersion: metadata?.resourceVersion ?? '', fieldSelector: 'metadata.name=seen' };
  const controller = await new Watch(config).watch(
    `/api/v1/namespaces/${namespace}/configmaps`,
    query,
    (type, object: { readonly data?: unknown }) => {
      events.push([type, object.data]);
      if (type === 'DELETED') ended.resolve();
    },
    () => ended.resolve(),
  );
  await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'seen' }, data: { a: '1' } } });
  await core.patchNamespacedConfigMap(
    { name: 'seen', namespace, body: { data: { a: '2' } } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
  await core.deleteNamespacedConfigMap({ name: 'seen', namespace });
  await ended.promise;
  controller.abort();
  return events;
}

/** The answer of a step, or the refusal as the client throws it. */
async function outcome(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return { found: await run() };
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    const body: unknown = typeof error.body === 'string' ? parsed(error.body) : error.body;
    return { refused: error.code, body };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What differs between any two servers is made alike. */
function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID')
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g, 'TIME')
    .replace(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-RANDOM')
    .replace(/("resourceVersion":")\d+/g, '$1RV')
    .replace(/X509SHA256=[0-9a-f]{64}/g, 'X509SHA256=HASH');
}

test('the JavaScript client sees the same of both servers', { timeout: 180_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const root = folder(t, {});
  const server = await startSimulated({ objects: [], host: '127.0.0.1', port: 0 });
  t.after(server.stop);
  const simulated = join(root, 'simulated.conf');
  writeFileSync(simulated, kubeconfigText(server.url, server.authority, 'admin', ['system:masters']), { mode: 0o600 });
  const namespace = await cluster.namespace('client');
  const [real, ours] = [new KubeConfig(), new KubeConfig()];
  real.loadFromFile(cluster.kubeconfig);
  ours.loadFromFile(simulated);
  await ours.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
  const [realSteps, ourSteps] = [script(real, namespace), script(ours, namespace)];
  const differences: string[] = [];
  for (const [index, [name, run]] of realSteps.entries()) {
    const wanted = shown(await outcome(run));
    const found = shown(await outcome(ourSteps[index]?.[1] ?? run));
    if (wanted !== found) differences.push(`${name}\n--- real\n${wanted}\n--- simulated\n${found}`);
  }
  assert.deepEqual(differences, []);
});
