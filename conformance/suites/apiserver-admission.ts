// What admission does to a request: judged are code, reason and object; messages, warnings and audit annotations are counted beside it. The
// state is made by the requests that made it when the answers were recorded.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { isKubeObject } from '../../src/kube/object.ts';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import type { Release } from '../../src/kube/schema/release.ts';
import { customKind } from '../../src/kube/schema/structural.ts';
import { asObject, asString, field, isObject, type Json, type JsonObject, sameJson } from '../../src/lib/json.ts';
import type { Answer } from '../../src/request/answer.ts';
import { authorize } from '../../src/request/authorization.ts';
import { answerWrite } from '../../src/request/pipeline.ts';
import type { ApiRequest } from '../../src/request/request.ts';
import { apiServer, defaultPlugins, type Server } from '../../src/request/server.ts';
import { notFound, refused } from '../../src/request/status.ts';
import type { Store } from '../../src/request/store/store.ts';
import { targetOf } from '../../src/request/target.ts';
import type { Writing } from '../../src/request/write/update.ts';
import { write } from '../../src/request/write/write.ts';
import { assumedFacts, resource, type Snapshot, snapshot } from '../../src/snapshot/snapshot.ts';
import { json, type Suite } from '../suite.ts';
import { asRecorded, circumstances, difference, type RecordedAnswer } from './apiserver-answer.ts';
import { freshCluster } from './apiserver-fresh.ts';

interface Case {
  readonly id: string;
  readonly server: string;
  readonly state: readonly JsonObject[];
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: Json;
    readonly contentType?: string;
  };
  readonly response: RecordedAnswer;
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

const administrator = {
  name: 'admin',
  groups: ['system:masters', 'system:authenticated'],
  extra: { 'authentication.kubernetes.io/credential-id': ['X509SHA256=<sha256>'] },
};
const extra = [
  ...['AlwaysPullImages', 'OwnerReferencesPermissionEnforcement', 'PodNodeSelector', 'PodTolerationRestriction'],
  ...['ExtendedResourceToleration', 'LimitPodHardAntiAffinityTopology', 'DenyServiceExternalIPs'],
];

export const apiserverAdmission: Suite = {
  name: 'apiserver-admission',
  async *run(folder, note) {
    const release = await loadSchemas('1.36');
    if (release === undefined) throw new Error('no data of release 1.36');
    const definitions = json<readonly JsonObject[]>(folder, 'crds.json');
    const counts = { cases: 0, messages: 0, refusals: 0, warnings: 0, audit: 0 };
    const lines = createInterface({ input: createReadStream(join(folder, 'cases.jsonl.gz')).pipe(createGunzip()) });
    for await (const line of lines) {
      if (line.trim() === '') continue;
      const one = JSON.parse(line) as Case;
      const { answer, audit } = answered(one, release, definitions);
      const found = asRecorded(answer, JSON.stringify(one.request), false);
      const detail = difference(found, one.response);
      counts.cases++;
      if (sameJson(found.warnings ?? [], one.response.warnings ?? [])) counts.warnings++;
      if (sameJson(Object.fromEntries(audit), one.auditAnnotations)) counts.audit++;
      if (one.response.message !== undefined) {
        counts.refusals++;
        if (found.message === one.response.message) counts.messages++;
      }
      yield { id: one.id, passed: detail === undefined, ...(detail === undefined ? {} : { detail }) };
    }
    const { cases, messages, refusals, warnings, audit } = counts;
    note(`messages equal ${messages}/${refusals}, warnings equal ${warnings}/${cases}, audit annotations equal ${audit}/${cases}`);
  },
};

function serverOf(kind: string, release: Release): Server {
  const isExtra = kind === 'extra';
  return apiServer(release, {
    plugins: new Set([...defaultPlugins, 'NodeRestriction', ...(isExtra ? extra : [])]),
    serviceClusterIpRanges: ['10.0.0.0/16'],
    gates: new Map(
      isExtra
        ? [
            ['ClusterTrustBundle', true],
            ['ClusterTrustBundleProjection', true],
          ]
        : [],
    ),
    runtimeConfig: new Map(isExtra ? [['certificates.k8s.io/v1beta1/clustertrustbundles', true]] : []),
  });
}

function answered(one: Case, release: Release, definitions: readonly JsonObject[]) {
  const store = freshCluster();
  for (const definition of definitions)
    store.put({ group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' }, '', nameOf(definition), definition);
  store.put({ group: '', resource: 'serviceaccounts' }, 'default', 'default', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'default' },
  });
  const base = { server: serverOf(one.server, release), state: store, store, circumstances: circumstances() };
  for (const step of one.state) prepare(step, base, release, definitions);
  const access = snapshotOf(store);
  const writing: Writing = { ...base, access: () => access, circumstances: circumstances() };
  const { method, path, query = {}, body, contentType } = one.request;
  const request: ApiRequest = {
    method,
    path,
    query,
    user: one.user === undefined ? administrator : { name: one.user, groups: one.groups ?? [] },
    ...(contentType === undefined ? {} : { contentType }),
    ...(body === undefined ? {} : { body: { kind: 'json', value: body } }),
  };
  const connects = /\/(?:attach|exec|portforward|proxy)$/.test(path);
  return method === 'GET' && !connects ? read(request, writing) : answerWrite(request, writing);
}

/** One object, or the list of a namespace: what the cases read. */
function read(request: ApiRequest, writing: Writing): { readonly answer: Answer; readonly audit: ReadonlyMap<string, string> } {
  const { review, refusal } = authorize(request, writing);
  const audit = new Map([
    ['authorization.k8s.io/decision', review?.allowed === true ? 'allow' : 'forbid'],
    ['authorization.k8s.io/reason', review?.reason ?? ''],
  ]);
  if (refusal !== undefined) return { answer: refused(refusal), audit };
  const target = targetOf(request, writing);
  if ('code' in target) return { answer: target, audit };
  const found = writing.state.get(target, target.namespace, target.name);
  if (target.name === '') {
    const items = writing.state.list(target, target.namespace) as readonly Json[];
    const list = { kind: `${target.kind}List`, apiVersion: target.apiVersion, metadata: { resourceVersion: '<rv:1>' }, items };
    return { answer: { code: 200, object: list, warnings: [] }, audit };
  }
  return { answer: found === undefined ? refused(notFound(target, target.name)) : { code: 200, object: found, warnings: [] }, audit };
}

type Base = Omit<Writing, 'access'>;

/** Makes, changes or deletes one object of the state, as the administrator. */
function prepare(step: JsonObject, base: Base, release: Release, definitions: readonly JsonObject[]): void {
  const meant = asObject(step.delete ?? step.patch ?? step);
  const path = pathOf(meant, release, definitions);
  if (path === undefined) return;
  const ask = (method: string, to: string, body?: Json, contentType?: string) =>
    write(
      {
        method,
        path: to,
        query: {},
        user: administrator,
        ...(contentType === undefined ? {} : { contentType }),
        ...(body === undefined ? {} : { body: { kind: 'json', value: body } }),
      },
      base,
    );
  if (step.delete !== undefined) ask('DELETE', `${path}/${nameOf(meant)}`);
  else if (step.patch !== undefined) ask('PATCH', `${path}/${nameOf(meant)}`, step.body ?? {}, 'application/merge-patch+json');
  else {
    const { object, refusal } = ask('POST', path, meant);
    if (refusal !== undefined) throw new Error(`${nameOf(meant)}: ${refusal.message}`);
    const target = targetOf({ method: 'GET', path: `${path}/${nameOf(meant)}`, query: {}, user: administrator }, base);
    if (object !== undefined && isObject(meant.status) && !('code' in target))
      base.store.put(target, target.namespace, target.name, { ...object, status: meant.status });
  }
}

function pathOf(object: JsonObject, release: Release, definitions: readonly JsonObject[]): string | undefined {
  const apiVersion = asString(object.apiVersion) ?? '';
  const kind = asString(object.kind) ?? '';
  const custom = definitions.map((each) => customKind(each)).find((each) => each?.kind === kind && apiVersion.startsWith(`${each.group}/`));
  const known =
    release.resourceOf(apiVersion, kind) ?? (custom === undefined ? undefined : { name: custom.plural, namespaced: custom.namespaced });
  if (known === undefined) return undefined;
  const namespace = asString(field(object.metadata, 'namespace')) ?? '';
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return known.namespaced ? `${root}/namespaces/${namespace}/${known.name}` : `${root}/${known.name}`;
}

function nameOf(object: JsonObject): string {
  return asString(field(object.metadata, 'name')) ?? '';
}

const readResources = [
  ['', 'nodes', false],
  ['', 'pods', true],
  ['', 'secrets', true],
  ['', 'configmaps', true],
  ['', 'serviceaccounts', true],
  ['', 'persistentvolumeclaims', true],
  ['', 'persistentvolumes', false],
  ['', 'namespaces', false],
  ['storage.k8s.io', 'volumeattachments', false],
  ['rbac.authorization.k8s.io', 'roles', true],
  ['rbac.authorization.k8s.io', 'clusterroles', false],
  ['rbac.authorization.k8s.io', 'rolebindings', true],
  ['rbac.authorization.k8s.io', 'clusterrolebindings', false],
] as const;

/** What the authorizers look at. */
function snapshotOf(store: Store): Snapshot {
  const resources = readResources.flatMap(([group, name, namespaced]) =>
    store
      .list({ group, resource: name })
      .filter(isKubeObject)
      .map((object) => resource(object, { kind: 'memory' }, '', namespaced)),
  );
  return snapshot({ resources, facts: assumedFacts('1.36') });
}
