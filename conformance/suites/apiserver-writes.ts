// Stories of real writes, replayed step by step: every step is answered and stored by our server, what it gives out (UIDs, versions) stands in
// later requests of the story, and each answer is held against the recorded one.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import { asList, asObject, asString, field, isObject, type Json, type JsonObject, sameJson } from '../../src/lib/json.ts';
import type { Answer } from '../../src/request/answer.ts';
import type { ApiRequest } from '../../src/request/request.ts';
import { apiServer, defaultPlugins, type Server } from '../../src/request/server.ts';
import { methodNotAllowed, notFound, refused } from '../../src/request/status.ts';
import { type Target, targetOf } from '../../src/request/target.ts';
import { placesOf, scaleOf } from '../../src/request/write/scale.ts';
import { startWarnings, storedObject, type Writing } from '../../src/request/write/update.ts';
import { write } from '../../src/request/write/write.ts';
import { type CaseResult, json } from '../suite.ts';
import { asRecorded, circumstances, type RecordedAnswer } from './apiserver-answer.ts';
import { freshCluster } from './apiserver-fresh.ts';

interface Step {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly contentType?: string;
    readonly body?: Json;
    readonly bodyText?: string;
  };
  readonly response: RecordedAnswer;
}

interface Story {
  readonly id: string;
  readonly steps: readonly Step[];
}

/** Why one answer is not the recorded one; undefined where it is. */
export type Judge = (found: RecordedAnswer, expected: RecordedAnswer) => string | undefined;

const administrator = {
  name: 'admin',
  groups: ['system:masters', 'system:authenticated'],
  extra: { 'authentication.kubernetes.io/credential-id': ['X509SHA256=<sha256>'] },
};

/** Replays every story of a folder. */
export async function* replayed(
  folder: string,
  note: (line: string) => void,
  judge: Judge,
  keepsManagedFields: boolean,
): AsyncGenerator<CaseResult> {
  const release = await loadSchemas('1.36');
  if (release === undefined) throw new Error('no data of release 1.36');
  const server = apiServer(release, {
    plugins: new Set([...defaultPlugins, 'NodeRestriction']),
    serviceClusterIpRanges: ['10.0.0.0/16'],
  });
  const definitions = asList(json<Json>(folder, 'crds.json')).map(asObject);
  const steps = { all: 0, equal: 0, messages: 0, refusals: 0, warnings: 0 };
  const lines = createInterface({ input: createReadStream(join(folder, 'cases.jsonl.gz')).pipe(createGunzip()) });
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const story = JSON.parse(line) as Story;
    const writing = startOf(story, server, definitions);
    const marks = marksOf();
    const wrong: string[] = [];
    const sent: string[] = [];
    for (const [index, step] of story.steps.entries()) {
      const request = asked(step, marks);
      sent.push(JSON.stringify(step.request));
      renewLease(writing, index);
      const found = asRecorded(marks.marked(answered(request, writing)), sent.join('\n'), keepsManagedFields);
      const detail = judge(found, step.response);
      steps.all++;
      if (detail === undefined) steps.equal++;
      else wrong.push(`step ${index + 1} ${step.request.method} ${request.path}: ${detail}`);
      if (sameJson(found.warnings ?? [], step.response.warnings ?? [])) steps.warnings++;
      else if (process.env.DETAIL === 'warnings')
        note(`${story.id}: ${JSON.stringify(step.response.warnings)} got ${JSON.stringify(found.warnings)}`);
      if (step.response.message === undefined) continue;
      steps.refusals++;
      if (unquoted(found.message) === unquoted(step.response.message)) steps.messages++;
      else if (process.env.DETAIL === 'messages') note(`${story.id}:\n  ${step.response.message}\n  ${found.message}`);
    }
    yield { id: story.id, passed: wrong.length === 0, ...(wrong.length === 0 ? {} : { detail: wrong.join('\n    ') }) };
  }
  const rate = ((100 * steps.equal) / steps.all).toFixed(1);
  note(
    `steps ${steps.equal}/${steps.all} (${rate} %), messages equal ${steps.messages}/${steps.refusals}, warnings equal ${steps.warnings}/${steps.all}`,
  );
}

/** A message without the object it quotes: its keys have an order that says nothing. */
export function unquoted(message: string | undefined): string | undefined {
  return message?.replace(/patch: Invalid value: "\{.*\}"/s, 'patch: Invalid value: {}');
}

function startOf(story: Story, server: Server, definitions: readonly JsonObject[]): Writing {
  const store = freshCluster();
  const put = (group: string, resource: string, namespace: string, object: JsonObject) =>
    store.put({ group, resource }, namespace, asString(field(object.metadata, 'name')) ?? '', object);
  for (const definition of definitions) put('apiextensions.k8s.io', 'customresourcedefinitions', '', definition);
  const namespaces = new Set(story.steps.flatMap(({ request }) => /\/namespaces\/([ua]-[0-9a-f]+)/.exec(request.path)?.[1] ?? []));
  for (const name of namespaces) {
    const labels = { 'kubernetes.io/metadata.name': name };
    put('', 'namespaces', '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels }, status: { phase: 'Active' } });
    put('', 'serviceaccounts', name, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } });
  }
  return { server, state: store, store, circumstances: circumstances() };
}

/** A live server renews leases all the time: the version of a list is later than that of its newest object. */
function renewLease({ store }: Writing, renewal: number): void {
  const metadata = { name: 'apiserver-recorded', namespace: 'kube-system' };
  store.put({ group: 'coordination.k8s.io', resource: 'leases' }, 'kube-system', metadata.name, { metadata, spec: { renewal } });
}

interface Marks {
  /** The answer with the recorder's marks for UIDs and versions. */
  readonly marked: (answer: Answer) => Answer;
  /** A text of a request with our values for its marks. */
  readonly unmarked: (text: string) => string;
}

function marksOf(): Marks {
  const uids: string[] = [];
  const revisions: string[] = [];
  const numbered = (list: string[], value: string): number => {
    if (!list.includes(value)) list.push(value);
    return list.indexOf(value) + 1;
  };
  const text = (value: string) =>
    value
      .replace(/00000000-0000-4000-8000-[0-9]{12}/g, (uid) => `<uid:${numbered(uids, uid)}>`)
      .replace(/2031-02-0[0-9]T[0-9:]{8}Z/g, '<time>');
  const visit = (value: Json, key: string): Json => {
    if (key === 'items' && Array.isArray(value)) return value.map((item: Json) => visit(withoutManagers(item), ''));
    if (typeof value === 'string') return key === 'resourceVersion' ? `<rv:${numbered(revisions, value)}>` : text(value);
    if (Array.isArray(value)) return value.map((item: Json) => visit(item, ''));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [text(name), visit(item ?? null, name)]));
  };
  return {
    marked: ({ object, refusal, ...rest }) => ({
      ...rest,
      ...(object === undefined ? {} : { object: visit(object, '') as JsonObject }),
      ...(refusal === undefined ? {} : { refusal: visit(refusal as unknown as Json, '') as never }),
    }),
    unmarked: (value) =>
      value
        .replace(/<uid:([0-9]+)>/g, (mark, index) => uids[Number(index) - 1] ?? mark)
        .replace(/<rv:([0-9]+)>/g, (mark, index) => revisions[Number(index) - 1] ?? mark),
  };
}

/** Members of lists are recorded without managed fields. */
function withoutManagers(item: Json): Json {
  const { managedFields: _entries, ...metadata } = asObject(field(item, 'metadata'));
  return isObject(item) && isObject(item.metadata) ? { ...item, metadata } : item;
}

function asked({ request }: Step, { unmarked }: Marks): ApiRequest {
  const { method, path, query = {}, contentType, body, bodyText } = request;
  return {
    method,
    path,
    query,
    user: administrator,
    ...(contentType === undefined ? {} : { contentType }),
    ...(bodyText !== undefined
      ? { body: { kind: 'text', text: unmarked(bodyText) } as const }
      : body === undefined
        ? {}
        : { body: { kind: 'json', value: JSON.parse(unmarked(JSON.stringify(body))) as Json } as const }),
  };
}

function answered(request: ApiRequest, writing: Writing): Answer {
  return request.method === 'GET' ? get(request, writing) : write(request, writing);
}

/** Reads one object, or its scale. */
function get(request: ApiRequest, writing: Writing): Answer {
  const target = targetOf(request, writing);
  if (!('type' in target)) return target;
  const warnings = startWarnings(target, writing);
  if (target.name === '') return refused(methodNotAllowed(), warnings);
  const parent = target.subresource === 'scale' ? parentOf(request, writing) : target;
  const object = parent === undefined ? undefined : storedObject(parent, writing);
  if (parent === undefined || object === undefined) return refused(notFound(target, target.name), warnings);
  return { code: 200, object: target.subresource === 'scale' ? scaleOf(object, placesOf(parent)) : object, warnings };
}

function parentOf(request: ApiRequest, writing: Writing): Target | undefined {
  const target = targetOf({ ...request, path: request.path.replace(/\/scale$/, '') }, writing);
  return 'type' in target ? target : undefined;
}
