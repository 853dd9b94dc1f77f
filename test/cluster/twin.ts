// The same requests to a real API server and to ours, answers side by side: what differs from server to server (UIDs, versions, times, random
// names) is numbered by order of appearance on each side, so that equal stories give equal texts.

import { request as send } from 'node:https';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import { asString, canonicalJson, field, isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import type { Answer } from '../../src/request/answer.ts';
import { apiServer } from '../../src/request/server.ts';
import { notFound, refused } from '../../src/request/status.ts';
import { memoryStore } from '../../src/request/store/store.ts';
import { targetOf } from '../../src/request/target.ts';
import { placesOf, scaleOf } from '../../src/request/write/scale.ts';
import { startWarnings, storedObject, type Writing } from '../../src/request/write/update.ts';
import { write } from '../../src/request/write/write.ts';
import type { Cluster } from './cluster.ts';

export interface TwinRequest {
  readonly method: string;
  /** `NS` stands for the namespace of the twins, `<uid:1>` and `<rv:1>` for what earlier answers held. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body?: Json;
}

export interface Both {
  readonly real: string;
  readonly ours: string;
}

export interface Twins {
  readonly namespace: string;
  /** Sends one request to both and gives both answers in comparable words. */
  readonly ask: (request: TwinRequest) => Promise<Both>;
  /** Numbers begin anew. */
  readonly begin: () => void;
}

/** A server of ours beside a real one, with one namespace that both have. */
export async function twins(cluster: Cluster, prefix: string, definitions: readonly JsonObject[] = []): Promise<Twins> {
  const release = await loadSchemas('1.36');
  if (release === undefined) throw new Error('no data of release 1.36');
  const namespace = await cluster.namespace(prefix);
  const store = memoryStore({ revision: 1000 });
  const writing = (): Writing => ({
    server: apiServer(release, { serviceClusterIpRanges: ['10.0.0.0/16'] }),
    state: store,
    store,
    circumstances: {
      now: `${new Date().toISOString().slice(0, 19)}Z`,
      uid: () => crypto.randomUUID(),
      suffix: (length) => 'zq7xwabc'.slice(0, length),
    },
  });
  const put = (group: string, resource: string, at: string, object: JsonObject) =>
    store.put({ group, resource }, at, asString(field(object.metadata, 'name')) ?? '', object);
  const labels = { 'kubernetes.io/metadata.name': namespace };
  put('', 'namespaces', '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels }, status: { phase: 'Active' } });
  put('', 'serviceaccounts', namespace, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace, uid: crypto.randomUUID(), creationTimestamp: '2020-01-01T00:00:00Z' },
  });
  for (const definition of definitions) put('apiextensions.k8s.io', 'customresourcedefinitions', '', definition);
  let realMarks = marks();
  let ourMarks = marks();
  return {
    namespace,
    begin() {
      realMarks = marks();
      ourMarks = marks();
    },
    async ask(request) {
      const real = await askReal(cluster, filled(request, namespace, realMarks));
      const ours = askOurs(filled(request, namespace, ourMarks), writing());
      return { real: realMarks.shown(real), ours: ourMarks.shown(ours) };
    },
  };
}

function filled(request: TwinRequest, namespace: string, { known }: Marks): TwinRequest {
  const text = known(JSON.stringify(request)).replaceAll('/NS/', `/${namespace}/`).replaceAll('"NS"', `"${namespace}"`);
  return JSON.parse(text) as TwinRequest;
}

interface Shown {
  readonly code: number;
  readonly body: Json;
  readonly warnings: readonly string[];
}

/** Sends a request as administrator. */
export function askReal(cluster: Cluster, { method, path, query = {}, contentType, body }: TwinRequest): Promise<Shown> {
  const { certificate, key } = cluster.credentials;
  const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const headers = {
    accept: 'application/json',
    'content-type': contentType ?? 'application/json',
    ...(sent === undefined ? {} : { 'content-length': sent.length }),
  };
  const options = { method, headers, ca: cluster.ca, cert: certificate, key };
  return new Promise((resolve, reject) => {
    const outgoing = send(`${cluster.server}${path}?${new URLSearchParams(query)}`, options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const headersOfWarnings = incoming.headersDistinct.warning ?? [];
        const warnings = headersOfWarnings.map((header) => header.replace(/^[0-9]{3} \S+ "([\s\S]*)"$/, '$1').replace(/\\(.)/g, '$1'));
        resolve({ code: incoming.statusCode ?? 0, body: readable(text), warnings });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(sent);
  });
}

function readable(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function askOurs(request: TwinRequest, writing: Writing): Shown {
  const { method, path, query = {}, contentType, body } = request;
  const user = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
  const asked = {
    method,
    path,
    query,
    user,
    ...(contentType === undefined ? {} : { contentType }),
    ...(body === undefined ? {} : { body: { kind: 'json' as const, value: body } }),
  };
  const answer = method === 'GET' ? read(asked, writing) : write(asked, writing);
  return { code: answer.code, body: bodyOf(answer), warnings: answer.warnings };
}

function read(request: Parameters<typeof targetOf>[0], writing: Writing): Answer {
  const target = targetOf(request, writing);
  if (!('type' in target)) return target;
  const warnings = startWarnings(target, writing);
  const parent = target.subresource === 'scale' ? targetOf({ ...request, path: request.path.replace(/\/scale$/, '') }, writing) : target;
  const object = 'type' in parent ? storedObject(parent, writing) : undefined;
  if (object === undefined || !('type' in parent)) return refused(notFound(target, target.name), warnings);
  return { code: 200, object: target.subresource === 'scale' ? scaleOf(object, placesOf(parent)) : object, warnings };
}

/** An answer as it would be sent. */
export function bodyOf({ object, refusal, text }: Answer): Json {
  if (refusal === undefined) return object ?? text ?? null;
  const { code, reason, message, details } = refusal;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details: (details ?? {}) as Json,
    code,
  } as Json;
}

interface Marks {
  readonly shown: (answer: Shown) => string;
  readonly known: (text: string) => string;
}

function marks(): Marks {
  const uids: string[] = [];
  const revisions: string[] = [];
  const numbered = (list: string[], value: string): number => {
    if (!list.includes(value)) list.push(value);
    return list.indexOf(value) + 1;
  };
  const text = (value: string): string =>
    value
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (uid) => `<uid:${numbered(uids, uid)}>`)
      .replace(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:\.[0-9]+)?Z/g, '<time>')
      .replace(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-<rand>');
  const visit = (value: Json, key: string): Json => {
    if (typeof value === 'string')
      return key === 'resourceVersion' ? `<rv:${numbered(revisions, value)}>` : key === 'message' ? comparable(text(value)) : text(value);
    if (Array.isArray(value)) {
      const list = value.map((item: Json) => visit(item, ''));
      return key === 'managedFields' || key === 'causes' ? list.sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)) : list;
    }
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [text(name), visit(item ?? null, name)]));
  };
  return {
    shown: ({ code, body, warnings }) => {
      const shown = visit(body, '');
      return canonicalJson({ code, body: isObject(shown) ? withoutEmpty(shown) : shown, warnings });
    },
    known: (source) =>
      source
        .replace(/<uid:([0-9]+)>/g, (mark, index) => uids[Number(index) - 1] ?? mark)
        .replace(/<rv:([0-9]+)>/g, (mark, index) => revisions[Number(index) - 1] ?? mark),
  };
}

/** Conflicts are listed in the order of a map, quoted objects in the order of Go's types; versions are each server's own. */
function comparable(message: string): string {
  if (message.startsWith('Apply failed')) return message.split('\n').sort().join('\n');
  return message.replace(/"\{.*\}"/s, '{}').replace(/record \([0-9]+\)/, 'record (<rv>)');
}

/** A Status leaves out what is empty. */
function withoutEmpty(body: JsonObject): JsonObject {
  if (body.kind !== 'Status') return body;
  const kept = Object.entries(body).filter(([, value]) => value !== '' && !(isObject(value) && Object.keys(value).length === 0));
  return Object.fromEntries(kept);
}
