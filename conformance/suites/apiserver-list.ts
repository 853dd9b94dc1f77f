// Reads of a real API server: tables, selectors, pages, revisions, watches, forms of answers and bodies of refusals. The state is built out of
// the folder's objects as they were written; the namespace `w` is written again step by step, since watches are asked from within its history.

import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip, gunzipSync } from 'node:zlib';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import { asList, asObject, asString, dig, field, isObject, type Json, type JsonObject, sameJson } from '../../src/lib/json.ts';
import { catalogOf, type Digest } from '../../src/request/read/catalog.ts';
import { shownEvent } from '../../src/request/read/collection.ts';
import { bootstrapObjects, loadPublished } from '../../src/request/read/published.ts';
import { answerRequest, type Reader, type ReadReply } from '../../src/request/read/read.ts';
import { answerReply } from '../../src/request/read/reply.ts';
import { partialMetadata } from '../../src/request/read/table/table.ts';
import { yamlText } from '../../src/request/read/yaml-text.ts';
import { apiServer, defaultPlugins } from '../../src/request/server.ts';
import type { Writing } from '../../src/request/write/update.ts';
import { write } from '../../src/request/write/write.ts';
import { difference } from '../difference.ts';
import type { Suite } from '../suite.ts';
import { objectsState, userOf } from './apiserver-state.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly headers?: JsonObject;
  readonly user?: Json;
  readonly body?: Json;
  readonly watch?: boolean;
}

interface Answered {
  readonly code: number;
  readonly contentType: string;
  readonly body?: Json;
  readonly text?: string;
  readonly events?: readonly Json[];
  readonly token?: Json;
  readonly warning?: string;
}

interface Step {
  readonly request: Asked;
  readonly response: Answered;
}

interface Case extends Partial<Step> {
  readonly id: string;
  readonly kind: string;
  readonly steps?: readonly Step[];
  readonly path?: string;
  readonly results?: { readonly [selector: string]: { readonly code: number; readonly items?: Json; readonly message?: string } };
}

interface World {
  readonly reader: Reader;
  readonly writing: Writing;
  /** Revisions by the words that cases use. */
  readonly marks: ReadonlyMap<string, string>;
}

const digest: Digest = (algorithm, text) => createHash(algorithm).update(text).digest();
const recorded = '2026-01-01T00:00:00Z';

export const apiserverList: Suite = {
  name: 'apiserver-list',
  async *run(folder, note) {
    const counts = new Map<string, [passed: number, total: number]>();
    const world = await worldOf(folder);
    const lines = createInterface({ input: createReadStream(join(folder, 'cases.jsonl.gz')).pipe(createGunzip()) });
    for await (const line of lines) {
      if (line.trim() === '') continue;
      const one = JSON.parse(line) as Case;
      const detail = judge(one, world);
      const [passed, total] = counts.get(one.kind) ?? [0, 0];
      counts.set(one.kind, [passed + (detail === undefined ? 1 : 0), total + 1]);
      yield { id: one.id, passed: detail === undefined, ...(detail === undefined ? {} : { detail }) };
    }
    note([...counts].map(([kind, [passed, total]]) => `${kind} ${passed}/${total}`).join(', '));
  },
};

/** The server: what a new one has made for itself, then the folder's objects, with `w` written in its steps. */
async function worldOf(folder: string): Promise<World> {
  const published = await loadPublished();
  const items = asList(field(JSON.parse(gunzipSync(readFileSync(join(folder, 'objects.json.gz'))).toString('utf8')), 'items'));
  const own = (object: Json) => dig(object, 'metadata', 'namespace') === 'w' && field(object, 'kind') === 'ConfigMap';
  const made = await bootstrapObjects(recorded, () => '<uid>');
  const first = objectsState(published, made, { revision: 100 });
  const { store, snapshot } = first;
  const before = store.revision();
  store.compact(before);
  const marks = new Map([['before', String(before)]]);
  const rest = objectsState(
    published,
    items.filter((item) => !own(item)),
    { into: store },
  );
  writeHistory(rest.store, marks);
  store.put({ group: 'coordination.k8s.io', resource: 'leases' }, 'kube-system', 'recorder', leaseAfter);
  marks.set('current', String(store.revision()));
  const catalog = catalogOf(published, store, digest);
  const reader: Reader = {
    published,
    catalog,
    openApi: () => ({ documents: new Map(), hashes: new Map() }),
    address: '192.0.2.1:6443',
    issuer: 'https://kubernetes.default.svc',
    keys: {},
    metrics: () => '',
    store,
    snapshot,
    now: Date.now,
  };
  const start = '/creating\u0000';
  const token = Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: 7, start })).toString('base64url');
  marks.set('old', token);
  const release = await loadSchemas('1.36');
  if (release === undefined) throw new Error('no schemas of 1.36');
  const plugins = new Set(
    defaultPlugins.filter((name) => name !== 'ServiceAccount' && name !== 'DefaultStorageClass').concat('NodeRestriction'),
  );
  const server = apiServer(release, { plugins, serviceClusterIpRanges: ['10.0.0.0/16'] });
  const circumstances = { now: recorded, uid: () => '<uid>', suffix: (length: number) => 'x'.repeat(length) };
  return { reader, marks, writing: { server, state: store, store, circumstances } };
}

/** The last write of all, so that the newest revision is nobody's mark. */
const leaseAfter: JsonObject = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'recorder', namespace: 'kube-system', uid: '<uid>', creationTimestamp: recorded },
  spec: {},
};

function writeHistory(store: Reader['store'], marks: Map<string, string>): void {
  const resource = { group: '', resource: 'configmaps' };
  const write = (name: string, x: string, data?: JsonObject) =>
    store.put(resource, 'w', name, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'w', uid: '<uid>', creationTimestamp: recorded, labels: { x } },
      ...(data === undefined ? {} : { data }),
    });
  const mark = (word: string) => marks.set(word, String(store.revision()));
  write('a', '1');
  write('b', '2');
  mark('two');
  write('c', '1');
  write('a', '2');
  write('b', '2', { k: 'v' });
  mark('changed');
  store.remove(resource, 'w', 'b');
  write('d', '1');
  mark('end');
}

function judge(one: Case, world: World): string | undefined {
  if (one.results !== undefined) return judgeSelectors(one, world);
  const steps =
    one.steps ?? (one.request === undefined || one.response === undefined ? [] : [{ request: one.request, response: one.response }]);
  const tokens = new Map(world.marks);
  for (const [index, { request, response }] of steps.entries()) {
    const path = request.path.replace(/\$\{(\w+)\}/g, (_, word: string) => encodeURIComponent(tokens.get(word) ?? ''));
    const answer = answerRequest({ method: request.method, path, accept: request.accept ?? '', user: userOf(request.user) }, world.reader);
    if (!('code' in answer)) {
      const wrong = judgeWrite(request, path, response, world);
      if (wrong !== undefined) return wrong;
      continue;
    }
    const token = tokenOf(answer);
    if (token !== undefined) tokens.set(`continue${index}`, token);
    const wrong = judgeStep(one.kind, answer, request, response, world);
    if (wrong !== undefined) return `${steps.length > 1 ? `step ${index}: ` : ''}${wrong}`;
  }
  return undefined;
}

/** Writes go through the rest of the pipeline; they are dry runs. */
function judgeWrite(request: Asked, path: string, response: Answered, world: World): string | undefined {
  const question = path.indexOf('?');
  const query = Object.fromEntries(new URLSearchParams(question < 0 ? '' : path.slice(question + 1)));
  const contentType = request.contentType ?? asString(field(request.headers, 'Content-Type'));
  const body = request.body === undefined ? undefined : typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
  const answer = write(
    {
      method: request.method,
      path: question < 0 ? path : path.slice(0, question),
      query,
      ...(contentType === undefined ? {} : { contentType }),
      ...(body === undefined ? {} : { body: { kind: 'text', text: body } }),
      user: userOf(request.user),
    },
    world.writing,
  );
  return judgeStep('error', shownAnswer(answer, request), request, response, world);
}

function shownAnswer(answer: ReturnType<typeof write>, { accept = '' }: Asked): ReadReply {
  const reply = answerReply(answer);
  const isMetadata = accept.includes('as=PartialObjectMetadata;') && answer.object !== undefined;
  return isMetadata ? { ...reply, object: partialMetadata(answer.object ?? {}) } : reply;
}

function tokenOf({ object }: ReadReply): string | undefined {
  return asString(dig(object, 'metadata', 'continue'));
}

function judgeStep(kind: string, answer: ReadReply, request: Asked, response: Answered, world: World): string | undefined {
  if (answer.code !== response.code)
    return `code ${answer.code}, not ${response.code}: ${JSON.stringify(answer.object ?? answer.text)?.slice(0, 300)}`;
  if (response.code === 500 || response.code === 504) {
    const reason = field(response.body, 'reason');
    return field(answer.object, 'reason') === reason ? undefined : `reason ${JSON.stringify(answer.object)}, not ${JSON.stringify(reason)}`;
  }
  if (answer.contentType !== response.contentType) return `${answer.contentType}, not ${response.contentType}`;
  const warning = answer.warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ');
  if (warning !== (response.warning ?? '')) return `warning ${warning}, not ${response.warning}`;
  if (response.token !== undefined) {
    const token = JSON.parse(Buffer.from(tokenOf(answer) ?? '', 'base64url').toString() || 'null') as JsonObject;
    const shown = { ...token, rv: token?.rv === -1 ? -1 : '<rv>' };
    if (!sameJson(shown, response.token)) return `token ${JSON.stringify(shown)}, not ${JSON.stringify(response.token)}`;
  }
  if (request.method === 'HEAD') return undefined;
  if (response.events !== undefined) return judgeEvents(answer, response.events, world);
  if (response.text !== undefined) {
    const text = answer.object === undefined ? (answer.text ?? '') : sameText(yamlText(answer.object));
    return withoutManagers(text) === withoutManagers(response.text)
      ? undefined
      : `${JSON.stringify(text)}, not ${JSON.stringify(response.text)}`;
  }
  if (response.body === undefined) return undefined;
  const body = normal(answer.object ?? null, world);
  const isCut = Array.isArray(field(response.body, 'names')) || typeof field(response.body, 'rows') === 'number';
  const found = isCut
    ? cut(body)
    : kind === 'table' && !isWholeTable(response.body)
      ? cutRows(body)
      : onlyKind(response.body)
        ? { kind: field(body, 'kind') ?? null }
        : body;
  const wanted = normal(response.body, world);
  return sameJson(found, wanted) ? undefined : difference(found, wanted);
}

function onlyKind(body: Json): boolean {
  return isObject(body) && Object.keys(body).length === 1 && body.kind !== undefined;
}

/** What the recording made the same in texts; managed fields, which nothing here keeps, are left out of both. */
function sameText(text: string): string {
  return text.replace(/resourceVersion: "[0-9]+"/g, 'resourceVersion: "<rv>"').replace(/^( *- )(?:[0-9]+[smhdy])+$/gm, '$1<age>');
}

function withoutManagers(text: string): string {
  const lines: string[] = [];
  let within = -1;
  for (const line of text.split('\n')) {
    const indent = line.length - line.trimStart().length;
    if (within >= 0 && (indent > within || (indent === within && line.trimStart().startsWith('- ')))) continue;
    within = -1;
    if (line.trimStart() === 'managedFields:') within = indent;
    else lines.push(line);
  }
  return lines.join('\n');
}

function judgeEvents(answer: ReadReply, wanted: readonly Json[], world: World): string | undefined {
  if (answer.watch === undefined) {
    const body = [normal(answer.object ?? null, world)];
    return sameJson(body, wanted) ? undefined : difference(body, wanted);
  }
  const { watch, target } = answer.watch;
  const found = watch.initial.map((event, index) => normal(shownEvent(event, target, world.reader, index === 0), world));
  const expected = normal([...wanted], world);
  return sameJson(found, expected) ? undefined : difference(found, expected);
}

function isWholeTable(body: Json): boolean {
  const row = asList(field(body, 'rows'))[0];
  return row === undefined || field(field(row, 'object'), 'name') === undefined;
}

function cut(body: Json): Json {
  const metadata = field(body, 'metadata') ?? null;
  const kind = field(body, 'kind') ?? null;
  if (kind === 'Table')
    return { kind, metadata, rows: asList(field(body, 'rows')).length, columns: asList(field(body, 'columnDefinitions')).length };
  return { kind, names: asList(field(body, 'items')).map((item) => dig(item, 'metadata', 'name') ?? null), metadata };
}

/** Objects of rows cut down to what they are. */
function cutRows(body: Json): Json {
  if (!isObject(body)) return body;
  const rows = asList(body.rows).map((row) => {
    const object = field(row, 'object');
    const name = dig(object, 'metadata', 'name');
    return { ...asObject(row), object: { kind: field(object, 'kind'), apiVersion: field(object, 'apiVersion'), name } } as JsonObject;
  });
  return body.kind === 'Table' ? { ...body, rows } : body;
}

function judgeSelectors({ path = '', results = {} }: Case, { reader }: World): string | undefined {
  for (const [selector, wanted] of Object.entries(results)) {
    const request = { method: 'GET', path: `${path}?fieldSelector=${encodeURIComponent(selector)}`, accept: '', user: userOf(undefined) };
    const answer = answerRequest(request, reader);
    if (!('code' in answer)) return 'a write';
    if (answer.code !== wanted.code) return `${selector}: ${answer.code}, not ${wanted.code}`;
    if (wanted.code !== 200) {
      const message = field(answer.object, 'message');
      if (message !== wanted.message) return `${selector}: ${JSON.stringify(message)}, not ${wanted.message}`;
    } else if (wanted.items !== '*') {
      const names = asList(field(answer.object, 'items')).map((item) => dig(item, 'metadata', 'name'));
      if (!sameJson(names, wanted.items)) return `${selector}: ${JSON.stringify(names)}, not ${JSON.stringify(wanted.items)}`;
    }
  }
  return undefined;
}

const durations = /(?<![\w.])(?:\d+y(?:\d+d)?|\d+d(?:\d+h)?|\d+h(?:\d+m)?|\d+m(?:\d+s)?|\d+s)(?= ago\))|^\d+y(?:\d+d)?$/g;

/** What the recording made the same everywhere. */
function normal(value: Json, world: World, key = '', inRow = false): Json {
  if (Array.isArray(value)) {
    if (key === 'cells') return value.map((cell: Json) => (typeof cell === 'string' ? ageless(cell, value) : cell));
    return value.map((item: Json) => normal(item, world, '', inRow || key === 'rows'));
  }
  if (isObject(value)) {
    const isTable = value.kind === 'Table';
    const entries = Object.entries(value)
      .filter(([name, item]) => item !== undefined && name !== 'managedFields')
      .map(([name, item]): [string, Json] => [name, normal(item ?? null, world, name, inRow || isTable)]);
    return Object.fromEntries(entries);
  }
  if (key === 'resourceVersion' && typeof value === 'string' && value !== '' && value !== '0') {
    if (inRow) return '<rv>';
    if (value.startsWith('<')) return value;
    for (const word of ['before', 'two', 'changed', 'end']) if (world.marks.get(word) === value) return `<rv:${word}>`;
    return '<rv>';
  }
  if (key === 'message' && typeof value === 'string') return value.replace(/(too old resource version: )\d+ \(\d+\)/, '$1<rv> (<rv>)');
  if (key === 'deletionTimestamp' && typeof value === 'string' && Math.abs(Date.parse(value) - Date.parse(recorded)) < 3_600_000)
    return recorded;
  if (key === 'continue' && typeof value === 'string' && value !== '') return '<continue>';
  return value;
}

function ageless(cell: string, row: readonly Json[]): string {
  // The third cell after a job's completions is how long it took, which no recording changes.
  if (cell === row[3] && /^\d+\/\d/.test(String(row[2])) && row.length === 8 && !/y/.test(cell)) return cell;
  if (/^(?:\d+y(?:\d+d)?|\d+d(?:\d+h)?|\d+h(?:\d+m)?|\d+m(?:\d+s)?|\d+s)$/.test(cell)) return '<age>';
  return cell.replace(durations, '<age>');
}
