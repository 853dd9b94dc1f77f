// Which objects a real API server rejects, and how: every kind's valid object changed at one place. Judged are code, reason and the set of
// causes by field and reason; messages to the letter, accepted objects and warnings are counted beside it.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import { asList, asObject, asString, dig, field, isObject, type Json, type JsonObject, sameJson } from '../../src/lib/json.ts';
import type { ApiRequest } from '../../src/request/request.ts';
import { apiServer, defaultPlugins } from '../../src/request/server.ts';
import type { Writing } from '../../src/request/write/update.ts';
import { write } from '../../src/request/write/write.ts';
import { json, type Suite } from '../suite.ts';
import { asRecorded, circumstances, difference, type RecordedAnswer } from './apiserver-answer.ts';
import { freshCluster } from './apiserver-fresh.ts';

interface Case {
  readonly id: string;
  readonly base: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly body?: Json;
    readonly bodyFrom?: BodyFrom;
  };
  readonly response: RecordedAnswer;
}

/** How a body is built that is too large to be written down. */
interface BodyFrom {
  readonly base: string;
  readonly path: string;
  readonly repeat: Json;
  readonly removed: readonly string[];
}

interface Bases {
  readonly existing: Readonly<Record<string, JsonObject>>;
  readonly create: Readonly<Record<string, JsonObject>>;
}

const administrator = {
  name: 'admin',
  groups: ['system:masters', 'system:authenticated'],
  extra: { 'authentication.kubernetes.io/credential-id': ['X509SHA256=<sha256>'] },
};

export const apiserverInvalid: Suite = {
  name: 'apiserver-invalid',
  async *run(folder, note) {
    const bases = json<Bases>(folder, 'bases.json');
    const writing = await startOf(folder, bases, note);
    const counts = { refusals: 0, messages: 0, accepted: 0, objects: 0, cases: 0, warnings: 0 };
    const lines = createInterface({ input: createReadStream(join(folder, 'cases.jsonl.gz')).pipe(createGunzip()) });
    for await (const line of lines) {
      if (line.trim() === '') continue;
      const one = JSON.parse(line) as Case;
      const { response } = one;
      const body = one.request.bodyFrom === undefined ? (one.request.body ?? null) : built(one.request.bodyFrom, bases);
      const sent = JSON.stringify(body);
      const request: ApiRequest = { ...one.request, user: administrator, body: { kind: 'json', value: body } };
      const found = asRecorded(write(request, writing), sent, false);
      counts.cases++;
      if (sameJson(found.warnings ?? [], response.warnings ?? [])) counts.warnings++;
      else detail('warnings', note, one.id, response.warnings, found.warnings);
      if (response.object !== undefined) {
        const wrong = difference(found, { ...response, object: withoutManagers(response.object) });
        counts.accepted++;
        if (wrong === undefined) counts.objects++;
        else detail('objects', note, one.id, wrong, '');
      } else {
        counts.refusals++;
        if (found.message === response.message && sameJson(messagesOf(found), messagesOf(response))) counts.messages++;
        else detail('messages', note, one.id, response.message, found.message);
      }
      const wrong = judged(found, response);
      yield { id: one.id, passed: wrong === undefined, ...(wrong === undefined ? {} : { detail: wrong }) };
    }
    note(`messages equal ${counts.messages}/${counts.refusals}, accepted objects equal ${counts.objects}/${counts.accepted}`);
    note(`warnings equal ${counts.warnings}/${counts.cases}`);
  },
};

function detail(kind: string, note: (line: string) => void, id: string, expected: unknown, found: unknown): void {
  if (process.env.DETAIL === kind) note(`${id}:\n  ${JSON.stringify(expected)}\n  ${JSON.stringify(found)}`);
}

/** Everything but the messages of a cause, as a set. */
function causesOf({ causes = [] }: RecordedAnswer): readonly string[] {
  return [...new Set(causes.map((cause) => `${cause.field ?? ''} ${cause.reason ?? ''}`))].sort();
}

function messagesOf({ causes = [] }: RecordedAnswer): Json {
  return causes.map(({ message = '', field: name = '' }) => [name, message]);
}

function judged(found: RecordedAnswer, expected: RecordedAnswer): string | undefined {
  const shown = (answer: RecordedAnswer) =>
    `${answer.code} ${answer.reason ?? ''} [${causesOf(answer).join(', ')}] ${(answer.message ?? answer.text ?? '').slice(0, 600)}`;
  const same =
    found.code === expected.code && (found.reason ?? '') === (expected.reason ?? '') && sameJson(causesOf(found), causesOf(expected));
  return same ? undefined : `expected ${shown(expected)}\n    got ${shown(found)}`;
}

/** The server with everything that the cases rely on, made the way the recorder made it. */
async function startOf(folder: string, { existing }: Bases, note: (line: string) => void): Promise<Writing> {
  const release = await loadSchemas('1.36');
  if (release === undefined) throw new Error('no data of release 1.36');
  const server = apiServer(release, {
    plugins: new Set([...defaultPlugins, 'NodeRestriction']),
    serviceClusterIpRanges: ['10.0.0.0/16'],
  });
  const store = freshCluster();
  for (const definition of asList(json<Json>(folder, 'crds.json')).map(asObject))
    store.put(
      { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
      '',
      asString(dig(definition, 'metadata', 'name')) ?? '',
      definition,
    );
  for (const namespace of ['invalid', 'invalid-limits']) {
    const labels = { 'kubernetes.io/metadata.name': namespace };
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels }, status: { phase: 'Active' } };
    store.put({ group: '', resource: 'namespaces' }, '', namespace, object);
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
    store.put({ group: '', resource: 'serviceaccounts' }, namespace, 'default', account);
  }
  const writing: Writing = { server, state: store, store, circumstances: circumstances() };
  for (const [name, object] of Object.entries(existing)) {
    const apiVersion = asString(object.apiVersion) ?? '';
    const kind = asString(object.kind) ?? '';
    const plural = release.resourceOf(apiVersion, kind)?.name ?? `${kind.toLowerCase()}s`;
    const namespace = asString(dig(object, 'metadata', 'namespace')) ?? '';
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const path = `${root}${namespace === '' ? '' : `/namespaces/${namespace}`}/${plural}`;
    const query = { fieldManager: 'test' };
    const answer = write({ method: 'POST', path, query, user: administrator, body: { kind: 'json', value: object } }, writing);
    if (answer.code !== 201) note(`base ${name}: ${answer.code} ${answer.refusal?.message ?? answer.text ?? ''}`);
  }
  return writing;
}

function built({ base, path, repeat, removed }: BodyFrom, bases: Bases): Json {
  let body: Json = bases.create[base] ?? bases.existing[base] ?? {};
  for (const name of removed) body = placed(body, name.split('.'), undefined);
  return placed(body, path.split('.'), repeated(repeat));
}

function repeated(value: Json): Json {
  const inner = field(value, 'base64Of');
  if (inner !== undefined) return { [asString(field(value, 'in')) ?? '']: Buffer.from(asString(repeated(inner)) ?? '').toString('base64') };
  return (asString(field(value, 'char')) ?? '').repeat(Number(field(value, 'count') ?? 0));
}

function placed(value: Json, [name = '', ...rest]: readonly string[], item: Json | undefined): Json {
  const object = isObject(value) ? value : {};
  if (rest.length === 0 && item === undefined) return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
  return { ...object, [name]: rest.length === 0 ? (item ?? null) : placed(object[name] ?? {}, rest, item) } as JsonObject;
}

function withoutManagers(object: JsonObject): JsonObject {
  const { managedFields: _entries, ...metadata } = asObject(object.metadata);
  return { ...object, metadata };
}
