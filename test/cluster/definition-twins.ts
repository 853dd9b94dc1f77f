// The same definition to a real API server and to ours, as a dry run: what both say, with the causes in one order.

import { loadSchemas } from '../../src/kube/schema/load.ts';
import { asList, asString, dig, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { answerWrite } from '../../src/request/pipeline.ts';
import { apiServer } from '../../src/request/server.ts';
import { memoryStore } from '../../src/request/store.ts';
import type { Cluster } from './cluster.ts';

export interface Said {
  readonly code: number;
  readonly reason: string;
  readonly causes: readonly string[];
  /** Where there are no causes. */
  readonly message: string;
}

export interface DefinitionTwins {
  readonly ask: (method: 'POST' | 'PUT', definition: JsonObject) => Promise<{ readonly real: Said; readonly ours: Said }>;
  /** Removes what was stored. */
  readonly remove: () => Promise<void>;
}

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const query = { dryRun: 'All', fieldValidation: 'Ignore' };

/** Both servers; the definitions given are stored in both, as the real one stores them. */
export async function definitionTwins(cluster: Cluster, stored: readonly JsonObject[]): Promise<DefinitionTwins> {
  const release = await loadSchemas('1.36');
  if (release === undefined) throw new Error('no data of release 1.36');
  const store = memoryStore();
  const versions = new Map<string, string>();
  for (const definition of stored) {
    const name = asString(dig(definition, 'metadata', 'name')) ?? '';
    await cluster.api('POST', path, definition);
    const settled = await established(cluster, name);
    store.put({ group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' }, '', name, settled);
    versions.set(name, asString(dig(settled, 'metadata', 'resourceVersion')) ?? '');
  }
  const circumstances = { now: '2030-01-02T03:04:05Z', uid: () => '00000000-0000-4000-8000-000000000000', suffix: () => 'xxxxx' };
  const writing = { server: apiServer(release), state: store, store, circumstances };
  const user = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
  return {
    async ask(method, definition) {
      const name = asString(dig(definition, 'metadata', 'name')) ?? '';
      const at = method === 'POST' ? path : `${path}/${encodeURIComponent(name)}`;
      const body = (resourceVersion: string | undefined): Json =>
        method === 'POST' || resourceVersion === undefined
          ? definition
          : { ...definition, metadata: { ...(field(definition, 'metadata') as JsonObject), resourceVersion } };
      const answer = await cluster.api(method, `${at}?${new URLSearchParams(query)}`, body(versions.get(name)));
      const current = store.get({ group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' }, '', name);
      const own = asString(dig(current, 'metadata', 'resourceVersion'));
      const request = { method, path: at, query, user, body: { kind: 'json' as const, value: body(own) } };
      const { refusal, code } = answerWrite(request, writing).answer;
      const status = refusal === undefined ? {} : { reason: refusal.reason, message: refusal.message, details: refusal.details };
      return { real: said(answer.status, answer.body as Json), ours: said(code, status as Json) };
    },
    async remove() {
      for (const name of versions.keys()) await cluster.api('DELETE', `${path}/${name}`);
    },
  };
}

async function established(cluster: Cluster, name: string): Promise<JsonObject> {
  for (let left = 100; left > 0; left--) {
    const { body } = await cluster.api('GET', `${path}/${name}`);
    const conditions = asList(dig(body, 'status', 'conditions'));
    if (conditions.some((each) => field(each, 'type') === 'Established' && field(each, 'status') === 'True')) return body as JsonObject;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${name} was not established`);
}

function said(code: number, body: Json): Said {
  if (code < 400) return { code, reason: '', causes: [], message: '' };
  const causes = asList(dig(body, 'details', 'causes')).map((cause) => `${field(cause, 'field')}: ${field(cause, 'message')}`);
  const message = causes.length > 0 ? '' : (asString(field(body, 'message')) ?? '');
  // Types of CEL are named by the time.
  const named = causes.map((cause) => cause.replace(/selfType[0-9]*/g, 'selfType'));
  return { code, reason: asString(field(body, 'reason')) ?? '', causes: [...new Set(named)].sort(), message };
}
