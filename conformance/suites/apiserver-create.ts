// What a real API server makes of new objects: judged are code, reason, causes and object; messages and warnings are counted beside it.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import { parseYaml } from '../../src/kube/yaml/parse.ts';
import { asList, asObject, asString, dig, field, type Json, type JsonObject, sameJson } from '../../src/lib/json.ts';
import type { ApiRequest } from '../../src/request/request.ts';
import { apiServer, defaultPlugins, type Serving } from '../../src/request/server.ts';
import type { Store } from '../../src/request/store/store.ts';
import { targetOf } from '../../src/request/target.ts';
import { create } from '../../src/request/write/create.ts';
import { tarEntries } from '../../src/sources/tar.ts';
import { json, type Suite } from '../suite.ts';
import { asRecorded, circumstances, difference, type RecordedAnswer } from './apiserver-answer.ts';
import { freshCluster } from './apiserver-fresh.ts';

interface Case {
  readonly id: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly body?: Json;
    readonly bodyText?: string;
    readonly contentType?: string;
  };
  readonly response: RecordedAnswer;
  readonly managedFields?: boolean;
}

interface PriorState {
  readonly namespaces: Readonly<Record<string, readonly string[]>>;
  readonly customResourceDefinitions: readonly { readonly name: string; readonly origin: string; readonly conversionRemoved?: boolean }[];
}

const administrator = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };

export const apiserverCreate: Suite = {
  name: 'apiserver-create',
  async *run(folder, note) {
    const release = await loadSchemas('1.36');
    if (release === undefined) throw new Error('no data of release 1.36');
    const state = freshCluster();
    await fill(state, folder);
    const server = apiServer(release, {
      plugins: new Set([...defaultPlugins, 'NodeRestriction']),
      serviceClusterIpRanges: ['10.0.0.0/16'],
    });
    const counts = { cases: 0, messages: 0, refusals: 0, warnings: 0 };
    const lines = createInterface({ input: createReadStream(join(folder, 'cases.jsonl.gz')).pipe(createGunzip()) });
    for await (const line of lines) {
      if (line.trim() === '') continue;
      const one = JSON.parse(line) as Case;
      const sent = JSON.stringify(one.request);
      const found = asRecorded(answered(one, { server, state, circumstances: circumstances() }), sent, one.managedFields === true);
      const detail = difference(found, one.response);
      counts.cases++;
      if (sameJson(found.warnings ?? [], one.response.warnings ?? [])) counts.warnings++;
      else if (process.env.DETAIL === 'warnings')
        note(`${one.id}: ${JSON.stringify(one.response.warnings)} got ${JSON.stringify(found.warnings)}`);
      if (one.response.message !== undefined) {
        counts.refusals++;
        if (found.message === one.response.message) counts.messages++;
        else if (process.env.DETAIL === 'messages') note(`${one.id}:\n  ${one.response.message}\n  ${found.message}`);
      }
      yield { id: one.id, passed: detail === undefined, ...(detail === undefined ? {} : { detail }) };
    }
    note(`messages equal ${counts.messages}/${counts.refusals}, warnings equal ${counts.warnings}/${counts.cases}`);
  },
};

function answered({ request }: Case, serving: Serving) {
  const { method, path, query, body, bodyText, contentType } = request;
  const asked: ApiRequest = {
    method,
    path,
    query,
    user: administrator,
    ...(contentType === undefined ? {} : { contentType }),
    body: bodyText === undefined ? { kind: 'json', value: body ?? null } : { kind: 'text', text: bodyText },
  };
  const target = targetOf(asked, serving);
  return 'code' in target ? target : create(asked, target, serving);
}

async function fill(state: Store, folder: string): Promise<void> {
  const { namespaces, customResourceDefinitions } = json<PriorState>(folder, 'state.json');
  for (const [name, accounts] of Object.entries(namespaces)) {
    state.put({ group: '', resource: 'namespaces' }, '', name, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
      status: { phase: 'Active' },
    });
    for (const account of accounts)
      state.put({ group: '', resource: 'serviceaccounts' }, name, account, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: account, namespace: name },
      });
  }
  const wanted = new Map<string, { readonly name: string; readonly conversionRemoved?: boolean }[]>();
  for (const { origin, ...each } of customResourceDefinitions) {
    const file = origin.slice('corpus/'.length).replace(/#[0-9.]*$/, '');
    wanted.set(file, [...(wanted.get(file) ?? []), each]);
  }
  const packed = createReadStream(join(import.meta.dirname, '../../../shared/corpus/platform-15k.tar.gz'));
  const fileOf = (name: string) => name.replace(/^\.\//, '').replace(/^platform-15k\//, '');
  for await (const { name: path, bytes } of tarEntries(packed.pipe(createGunzip()), (path) => wanted.has(fileOf(path)))) {
    const named = wanted.get(fileOf(path));
    if (named === undefined || bytes === undefined) continue;
    for (const object of objectsIn(bytes.toString('utf8')))
      for (const { name, conversionRemoved } of named)
        if (dig(object, 'metadata', 'name') === name && object.kind === 'CustomResourceDefinition') {
          const definitions = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' };
          state.put(definitions, '', name, prepared(object, conversionRemoved === true));
          registerVersions(state, object);
        }
  }
}

/** The APIServices that a server makes for the versions of a definition. */
function registerVersions(state: Store, definition: JsonObject): void {
  for (const version of asList(field(definition.spec, 'versions'))) {
    const name = `${asString(field(version, 'name'))}.${asString(field(definition.spec, 'group'))}`;
    state.put({ group: 'apiregistration.k8s.io', resource: 'apiservices' }, '', name, { metadata: { name } });
  }
}

function objectsIn(text: string): readonly JsonObject[] {
  return parseYaml(text, '').documents.flatMap(({ value }) => [asObject(value), ...asList(field(value, 'items')).map(asObject)]);
}

function prepared(definition: JsonObject, conversionRemoved: boolean): JsonObject {
  const { status: _status, ...rest } = definition;
  const { conversion, ...spec } = asObject(rest.spec);
  return { ...rest, spec: conversionRemoved || conversion === undefined ? spec : { ...spec, conversion } } as JsonObject;
}
