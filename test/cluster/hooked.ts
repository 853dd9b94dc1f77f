// A real API server and ours beside a webhook server that both call: the same configurations, the same requests, answers and reviews side by side
// in comparable words.

import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { Admission } from '../../src/cli/admission.ts';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import { asObject, asString, canonicalJson, dig, field, isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { withCalls } from '../../src/request/calls/calling.ts';
import { answerWrite } from '../../src/request/pipeline.ts';
import type { ApiRequest } from '../../src/request/request.ts';
import { type Server as ApiServer, apiServer, defaultPlugins } from '../../src/request/server.ts';
import { memoryStore, type Store } from '../../src/request/store/store.ts';
import type { Writing } from '../../src/request/write/update.ts';
import { sentWarnings } from '../../src/request/write/warnings.ts';
import { webhookCaller } from '../../src/server/webhooks/caller.ts';
import { assumedFacts, snapshot } from '../../src/snapshot/snapshot.ts';
import { folder } from '../folder.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import type { Cluster } from './cluster.ts';
import { askReal, bodyOf } from './twin.ts';

/** What a webhook does with a review. */
export type Behaviour = (uid: string, response: ServerResponse, review: JsonObject) => void;

export interface Shown {
  readonly code: number;
  readonly body: Json;
  readonly warnings: readonly string[];
  /** The reviews that were sent, in order. */
  readonly reviews: readonly Json[];
}

export interface HookedRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body?: Json;
}

export interface Hooked {
  readonly namespace: string;
  readonly url: string;
  readonly caBundle: string;
  readonly port: number;
  readonly store: Store;
  readonly real: (request: HookedRequest) => Promise<Shown>;
  readonly ours: (request: HookedRequest) => Promise<Shown>;
}

export const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Both servers, and a webhook server whose paths behave as told. */
export async function hooked(
  t: TestContext,
  cluster: Cluster,
  behaviours: Readonly<Record<string, Behaviour>>,
  plugins: readonly string[] = [],
  options: Partial<ApiServer> = {},
  admission?: Admission,
): Promise<Hooked> {
  const place = folder(t, {});
  const authority = makeAuthority(place, 'hooks');
  const own = makeCertificate(place, { file: 'hook', subject: '/CN=hook', names: 'IP:127.0.0.1,DNS:hook.shop.svc' });
  let reviews: Json[] = [];
  const server: Server = createServer({ cert: own.certificate, key: own.key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as JsonObject;
      const name = request.url?.slice(1).split('?')[0] ?? '';
      reviews.push({ name, url: request.url ?? '', review });
      behaviours[name]?.(asString(dig(review, 'request', 'uid')) ?? '', response, review);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const namespace = await cluster.namespace('hooked');
  const release = await loadSchemas('1.36');
  if (release === undefined) throw new Error('no data of release 1.36');
  const store = memoryStore({ revision: 1000 });
  const metadata = { name: namespace, labels: { 'kubernetes.io/metadata.name': namespace } };
  store.put({ group: '', resource: 'namespaces' }, '', namespace, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata,
    status: { phase: 'Active' },
  });
  const account = { name: 'default', namespace, uid: crypto.randomUUID() };
  store.put({ group: '', resource: 'serviceaccounts' }, namespace, 'default', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: account,
  });
  const apiserver = apiServer(release, {
    serviceClusterIpRanges: ['10.0.0.0/16'],
    audiences: ['https://kubernetes.default.svc'],
    ...options,
    ...(admission?.configuration === undefined ? {} : { configuration: admission.configuration }),
    plugins: new Set([...defaultPlugins, ...plugins]),
  });
  const call = admission?.makeCall ?? webhookCaller({ services: new Map(), isInCluster: false });
  const marks = { real: marker(), ours: marker() };
  const seen = (side: 'real' | 'ours', answer: Omit<Shown, 'reviews'>): Shown => {
    const shown = { ...answer, reviews };
    reviews = [];
    return marks[side](shown);
  };
  return {
    namespace,
    port,
    url: `https://127.0.0.1:${port}`,
    caBundle: base64(authority.certificate),
    store,
    real: async (request) => seen('real', await askReal(cluster, request)),
    async ours({ method, path, query = {}, contentType, body }) {
      const request: ApiRequest = {
        method,
        path,
        query,
        user: { name: 'admin', groups: ['system:masters', 'system:authenticated'] },
        ...(contentType === undefined ? {} : { contentType }),
        ...(body === undefined ? {} : { body: { kind: 'json', value: body } }),
      };
      const writing: Writing = {
        server: apiserver,
        state: store,
        store,
        access: () => nobodysRights,
        ...(admission?.eventLimits === undefined ? {} : { eventLimits: admission.eventLimits }),
        circumstances: { now: `${new Date().toISOString().slice(0, 19)}Z`, uid: () => crypto.randomUUID(), suffix: () => 'xxxxx' },
      };
      const { answer } = (await withCalls(writing, call, (over) => answerWrite(request, over))) ?? { answer: { code: 0, warnings: [] } };
      return seen('ours', { code: answer.code, body: bodyOf(answer), warnings: sentWarnings(answer.warnings) });
    },
  };
}

/** Words that are the same on both sides: UIDs numbered, times and versions left out, and what only a real connection has. */
function marker(): (shown: Shown) => Shown {
  const uids: string[] = [];
  const visit = (value: Json, key: string): Json => {
    if (typeof value === 'string') {
      if (key === 'resourceVersion') return '<rv>';
      if (key === 'token') return '<token>';
      return value
        .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (uid) => {
          if (!uids.includes(uid)) uids.push(uid);
          return '<uid>';
        })
        .replace(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/g, '<time>')
        .replace(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-<rand>')
        .replace(/^generated-[a-z0-9]{5}$/, 'generated-<rand>');
    }
    if (Array.isArray(value)) {
      const list = value.map((item: Json) => visit(item, ''));
      return key === 'managedFields' ? list.sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)) : list;
    }
    if (!isObject(value)) return value;
    const kept = Object.entries(value).filter(([name, item]) => {
      if (name === 'extra' || name === 'selfLink') return false;
      // A Status leaves out what is empty.
      return (
        !(item === '' && (name === 'reason' || name === 'message')) &&
        !(value.kind === 'Status' && isObject(item) && Object.keys(item).length === 0)
      );
    });
    return Object.fromEntries(kept.map(([name, item]) => [name, visit(item ?? null, name)]));
  };
  return (shown) => {
    const { code, body, warnings, reviews } = visit(shown as unknown as Json, '') as unknown as Shown;
    return { code, body, warnings, reviews };
  };
}

const nobodysRights = snapshot({ resources: [], facts: { ...assumedFacts('1.36'), live: true } });

/** A review that is answered. */
export function answered(uid: string, response: JsonObject, top: JsonObject = {}): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, allowed: true, ...response },
    ...top,
  });
}

/** The part of an answer that carries a patch. */
export function patching(operations: Json | string): JsonObject {
  return { patchType: 'JSONPatch', patch: base64(typeof operations === 'string' ? operations : JSON.stringify(operations)) };
}

/** Labels of an object, for behaviours that look at it. */
export function labelsIn(review: JsonObject): JsonObject {
  return asObject(field(dig(review, 'request', 'object', 'metadata'), 'labels'));
}

/** Where two values differ, a line each. */
export function differences(real: Json | undefined, ours: Json | undefined, path = ''): readonly string[] {
  if (canonicalJson(real ?? null) === canonicalJson(ours ?? null)) return [];
  const [left, right] = [asObject(real), asObject(ours)];
  if ((isObject(real) && isObject(ours)) || (Array.isArray(real) && Array.isArray(ours))) {
    const [a, b] = isObject(real) ? [left, right] : [{ ...(real as unknown as JsonObject) }, { ...(ours as unknown as JsonObject) }];
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => differences(a[key], b[key], `${path}/${key}`));
  }
  return [`${path}: real ${JSON.stringify(real)}, ours ${JSON.stringify(ours)}`];
}
