// What a real API server says about itself: groups, versions, resources, aggregated discovery, OpenAPI, version, health, and what it refuses
// callers who may not ask. The state of the server is that of the folder; the bootstrap policy comes from the suite of authorization.

import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { brotliDecompressSync, createGunzip, gunzipSync } from 'node:zlib';
import { asList, asObject, asString, dig, field, isObject, type Json, type JsonObject, sameJson } from '../../src/lib/json.ts';
import { catalogOf, type Digest } from '../../src/request/read/catalog.ts';
import { openApiOf, readDocuments } from '../../src/request/read/openapi.ts';
import { loadPublished, packedDocuments } from '../../src/request/read/published.ts';
import { answerRequest, type Reader } from '../../src/request/read/read.ts';
import type { Reply } from '../../src/request/read/reply.ts';
import { yamlText } from '../../src/request/read/yaml-text.ts';
import { difference } from '../difference.ts';
import type { Suite } from '../suite.ts';
import { objectsState, userOf } from './apiserver-state.ts';

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly accept: string;
    readonly user?: Json;
    readonly anonymous?: boolean;
  };
  readonly response: {
    readonly code: number;
    readonly headers: JsonObject;
    readonly body?: Json;
    readonly text?: string;
    readonly paths?: Json;
    readonly schemas?: Json;
    readonly definitions?: Json;
  };
}

const digest: Digest = (algorithm, text) => createHash(algorithm).update(text).digest();

export const apiserverDiscovery: Suite = {
  name: 'apiserver-discovery',
  async *run(folder, note) {
    const counts = new Map<string, [passed: number, total: number]>();
    const readers = new Map<string, Reader>();
    const lines = createInterface({ input: createReadStream(join(folder, 'cases.jsonl.gz')).pipe(createGunzip()) });
    for await (const line of lines) {
      if (line.trim() === '') continue;
      const one = JSON.parse(line) as Case;
      const reader = readers.get(one.state) ?? (await readerOf(folder, one.state));
      readers.set(one.state, reader);
      const detail = judge(one, reader);
      const [passed, total] = counts.get(one.kind) ?? [0, 0];
      counts.set(one.kind, [passed + (detail === undefined ? 1 : 0), total + 1]);
      yield { id: one.id, passed: detail === undefined, ...(detail === undefined ? {} : { detail }) };
    }
    note([...counts].map(([kind, [passed, total]]) => `${kind} ${passed}/${total}`).join(', '));
  },
};

async function readerOf(folder: string, name: string): Promise<Reader> {
  const published = await loadPublished();
  const packed = readDocuments(brotliDecompressSync(Buffer.from(await packedDocuments(), 'base64')).toString());
  const own = name === 'crd' ? asList(field(JSON.parse(readFileSync(join(folder, 'crd-state.json'), 'utf8')), 'items')) : [];
  const bootstrap = gunzipSync(readFileSync(join(folder, '..', 'apiserver-authorization', 'states', 'bootstrap.json.gz'))).toString();
  const { store, snapshot } = objectsState(published, [...asList(field(JSON.parse(bootstrap), 'objects')), ...own]);
  const catalog = catalogOf(published, store, digest);
  const version = { ...published.version, goVersion: '<go version>' };
  return {
    published: { ...published, version },
    catalog,
    openApi: () => openApiOf(packed, catalog, digest),
    address: '192.0.2.1:6443',
    issuer: 'https://kubernetes.default.svc',
    keys: {},
    metrics: () => '',
    store,
    snapshot,
    now: Date.now,
  };
}

function judge({ request, response, kind }: Case, reader: Reader): string | undefined {
  const user = userOf(request.user, request.anonymous === true);
  const found = answerRequest({ ...request, user }, reader);
  if (!('code' in found)) return 'not a read';
  const got = { code: found.code, contentType: found.contentType };
  const wanted = { code: response.code, contentType: asString(response.headers['content-type']) ?? '' };
  if (!sameJson(got, wanted)) return `${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`;
  for (const header of ['location'] as const)
    if (response.headers[header] !== undefined && found.headers[header] !== response.headers[header])
      return `${header} ${found.headers[header]}, not ${JSON.stringify(response.headers[header])}`;
  const warnings = found.warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ');
  if (warnings !== (response.headers.warning ?? '')) return `warning ${warnings}, not ${JSON.stringify(response.headers.warning)}`;
  if (response.text !== undefined) {
    const text = request.method === 'HEAD' ? '' : textOf(found);
    return text === response.text ? undefined : `${JSON.stringify(text)}, not ${JSON.stringify(response.text)}`;
  }
  if (kind === 'openapi' && response.paths !== undefined) return judgeDigest(bodyOf(found), response);
  if (response.body === undefined) return undefined;
  const body = withoutRevision(bodyOf(found), response.body);
  return sameJson(body, response.body) ? undefined : difference(body, response.body);
}

/** The recorder emptied the revision of lists. */
function withoutRevision(body: Json, wanted: Json): Json {
  if (dig(wanted, 'metadata', 'resourceVersion') !== '' || !isObject(body)) return body;
  return { ...body, metadata: { ...asObject(body.metadata), resourceVersion: '' } };
}

function bodyOf({ object, text }: Reply): Json {
  return object ?? (JSON.parse(text ?? 'null') as Json);
}

function textOf({ object, text, contentType }: Reply): string {
  if (object === undefined) return text ?? '';
  return contentType === 'application/yaml' ? yamlText(object) : JSON.stringify(object);
}

function judgeDigest(document: Json, { paths, schemas, definitions }: Case['response']): string | undefined {
  const found = Object.entries(asObject(field(document, 'paths'))).map(([path, item]) => [
    path,
    Object.keys(asObject(item))
      .filter((key) => key !== 'parameters')
      .sort(),
  ]);
  const methods = (entry: Json | undefined) => (asString(entry) ?? asList(entry).join(',')).split(/[ ,]+/).sort();
  const wanted = asList(paths).map((entry) => [asList(entry)[0], methods(asList(entry)[1])]);
  const sort = (list: readonly unknown[]) => [...list].map((each) => JSON.stringify(each)).sort();
  if (!sameJson(sort(found), sort(wanted))) return difference(sort(found), sort(wanted));
  const names = Object.keys(
    asObject(schemas === undefined ? field(document, 'definitions') : field(field(document, 'components'), 'schemas')),
  );
  const expected = asList(schemas ?? definitions);
  return sameJson([...names].sort(), [...expected].sort()) ? undefined : difference([...names].sort(), [...expected].sort());
}
