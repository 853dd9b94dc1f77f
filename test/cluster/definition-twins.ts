// The same definition to a real API server and to ours, as a dry run: what both say, with the causes in one order.

import { loadSchemas } from '../../src/kube/schema/load.ts';
import { asList, asString, dig, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { answerWrite } from '../../src/request/pipeline.ts';
import { apiServer } from '../../src/request/server.ts';
import { memoryStore } from '../../src/request/store/store.ts';
import type { Cluster } from './cluster.ts';

export interface Said {
  readonly code: number;
  readonly reason: string;
  readonly causes: readonly string[];
  /** Where there are no causes. */
  readonly message: string;
  readonly warnings: readonly string[];
}

export interface Both {
  readonly real: Said;
  readonly ours: Said;
}

export interface DefinitionTwins {
  /** Creates or updates; undefined where the real server has nothing to say, because the request made it panic or lost a race. */
  readonly ask: (method: 'POST' | 'PUT', definition: JsonObject) => Promise<Both | undefined>;
  /** Stores a definition as it is, past every check; false where the server cannot read it. */
  readonly keep: (definition: JsonObject, established: boolean) => Promise<boolean>;
  readonly remove: (definition: JsonObject) => Promise<void>;
}

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const resource = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' };
const query = { dryRun: 'All', fieldValidation: 'Ignore' };

export async function definitionTwins(cluster: Cluster): Promise<DefinitionTwins> {
  const release = await loadSchemas('1.36');
  if (release === undefined) throw new Error('no data of release 1.36');
  const circumstances = { now: '2030-01-02T03:04:05Z', uid: () => '00000000-0000-4000-8000-000000000000', suffix: () => 'xxxxx' };
  const user = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
  const etcd = (call: string, name: string, value?: string) => {
    const encoded = (text: string) => Buffer.from(text).toString('base64');
    const key = encoded(`/registry/apiextensions.k8s.io/customresourcedefinitions/${name}`);
    const body = JSON.stringify({ key, ...(value === undefined ? {} : { value: encoded(value) }) });
    return fetch(`${cluster.etcd}/v3/kv/${call}`, { method: 'POST', body });
  };
  return {
    async ask(method, definition) {
      const at = method === 'POST' ? path : `${path}/${encodeURIComponent(nameOf(definition))}`;
      const store = memoryStore();
      const stored = method === 'POST' ? undefined : await cluster.api('GET', at);
      if (stored?.status === 200) store.put(resource, '', nameOf(definition), stored.body as JsonObject);
      const own = store.get(resource, '', nameOf(definition));
      const body = (current: unknown) => (current === undefined ? definition : withVersion(definition, revisionOf(current)));
      const answer = await cluster.api(method, `${at}?${new URLSearchParams(query)}`, body(stored?.body)).catch(brokenOff);
      if (answer === undefined || answer.status === 409) return undefined;
      const writing = { server: apiServer(release), state: store, store, circumstances };
      const request = { method, path: at, query, user, body: { kind: 'json' as const, value: body(own) } };
      const { refusal, code, warnings } = answerWrite(request, writing).answer;
      const status = refusal === undefined ? {} : { reason: refusal.reason, message: refusal.message, details: refusal.details };
      return { real: said(answer.status, answer.body as Json, answer.warnings), ours: said(code, status as Json, warnings) };
    },
    async keep(definition, established) {
      const metadata = { ...(definition.metadata as JsonObject), uid: circumstances.uid(), creationTimestamp: '2020-01-01T00:00:00Z' };
      const condition = { type: 'Established', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z', reason: 'x', message: 'x' };
      const status = { conditions: established ? [condition] : [], acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] };
      const spec = { conversion: { strategy: 'None' }, ...(definition.spec as JsonObject) };
      await etcd('put', nameOf(definition), JSON.stringify({ ...definition, metadata, spec, status }));
      for (let left = 20; left > 0; left--) {
        const { status: code } = await cluster.api('GET', `${path}/${nameOf(definition)}`);
        if (code === 200) return true;
        await new Promise((done) => setTimeout(done, 50));
      }
      return false;
    },
    async remove(definition) {
      await etcd('deleterange', nameOf(definition));
    },
  };
}

function brokenOff(error: unknown): undefined {
  if (!String(error).includes('socket hang up')) throw error;
}

function nameOf(definition: JsonObject): string {
  return asString(dig(definition, 'metadata', 'name')) ?? '';
}

function revisionOf(object: unknown): string | undefined {
  return asString(dig(object, 'metadata', 'resourceVersion'));
}

function withVersion(definition: JsonObject, resourceVersion: string | undefined): JsonObject {
  const metadata = field(definition, 'metadata') as JsonObject;
  return resourceVersion === undefined ? definition : { ...definition, metadata: { ...metadata, resourceVersion } };
}

function said(code: number, body: Json, warnings: readonly string[]): Said {
  const heard = [...warnings].sort();
  if (code < 400) return { code, reason: '', causes: [], message: '', warnings: heard };
  const causes = asList(dig(body, 'details', 'causes')).map((cause) => `${field(cause, 'field')}: ${field(cause, 'message')}`);
  const message = causes.length > 0 ? '' : (asString(field(body, 'message')) ?? '');
  // Types of CEL are named by the time.
  const named = causes.map((cause) => cause.replace(/selfType[0-9]*/g, 'selfType'));
  return { code, reason: asString(field(body, 'reason')) ?? '', causes: [...new Set(named)].sort(), message, warnings: heard };
}
