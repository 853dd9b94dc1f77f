// One create asked of a real API server and of ours, in dry run: code, reason, causes with their messages and the object that both would store
// must be the same, but for what each makes up itself.

import assert from 'node:assert/strict';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import type { Gate } from '../../src/kube/version/feature-gates.ts';
import { asList, asObject, dig, field, isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { answerWrite } from '../../src/request/pipeline.ts';
import { apiServer, type Serving } from '../../src/request/server.ts';
import { storeOf } from '../../src/request/store/of-snapshot.ts';
import type { Writing } from '../../src/request/write/update.ts';
import { assumedFacts, snapshot } from '../../src/snapshot/snapshot.ts';
import { checkSignature } from '../../src/sources/signatures.ts';
import type { Cluster } from './cluster.ts';

export interface Flags {
  readonly gates?: ReadonlyMap<Gate | 'AllAlpha' | 'AllBeta', boolean>;
  readonly runtimeConfig?: ReadonlyMap<string, boolean>;
}

const query = { dryRun: 'All', fieldValidation: 'Strict' };
const user = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
const madeUp = new Set([
  ...['uid', 'creationTimestamp', 'resourceVersion', 'managedFields', 'lastPhaseTransitionTime', 'timeAdded', 'lastTransitionTime'],
  ...['clusterIP', 'clusterIPs', 'controller-uid', 'batch.kubernetes.io/controller-uid', 'extra'],
]);

/** A server of ours for a release, with a namespace. */
export async function serverOf(minor: string, namespace: string, flags: Flags = {}): Promise<Writing> {
  const release = await loadSchemas(minor);
  assert.ok(release !== undefined);
  const state = snapshot({ resources: [], facts: assumedFacts(minor) });
  const { store } = storeOf(state, release, [namespace]);
  const circumstances = { now: '2030-01-02T03:04:05Z', uid: () => '00000000-0000-4000-8000-000000000000', suffix: () => 'xxxxx' };
  const server = apiServer(release, { serviceClusterIpRanges: ['10.0.0.0/16'], ...flags });
  const serving: Serving = { server, state: store, circumstances, checkSignature, access: () => state };
  return { ...serving, store };
}

function settled(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => settled(item));
  if (typeof value === 'string') return value.replace(/^kube-api-access-\w{5}$/, 'kube-api-access');
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !madeUp.has(key));
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, settled(item ?? null)]));
}

function causes(list: readonly Json[]): readonly string[] {
  const texts = list.map((cause) => `${field(cause, 'field')}: ${field(cause, 'message')}`);
  return [...new Set(texts.map((text) => text.replace(/0xc[0-9a-f]+/g, '0x')))].sort();
}

/** The path that objects of a kind are created at; undefined where the release does not serve it. */
export function pathOf(object: JsonObject, { server }: Writing, namespace: string): string | undefined {
  const { apiVersion, kind } = object as { readonly apiVersion: string; readonly kind: string };
  const served = server.release.resourceOf(apiVersion, kind);
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return served && `${root}${served.namespaced ? `/namespaces/${namespace}` : ''}/${served.name}`;
}

export async function assertCreatedAlike(cluster: Cluster, writing: Writing, path: string, body: JsonObject): Promise<void> {
  const theirs = await cluster.api('POST', `${path}?${new URLSearchParams(query)}`, body);
  const { answer } = answerWrite({ method: 'POST', path, query, user, body: { kind: 'json', value: body } }, writing);
  const isRefused = theirs.status >= 400;
  const ours = {
    code: answer.code,
    reason: answer.refusal?.reason ?? '',
    causes: causes((answer.refusal?.details?.causes ?? []) as readonly unknown[] as readonly Json[]),
    object: answer.object === undefined ? {} : settled(answer.object),
    warnings: [...answer.warnings].sort(),
  };
  const expected = {
    code: theirs.status,
    reason: isRefused ? field(theirs.body, 'reason') : '',
    causes: isRefused ? causes(asList(dig(theirs.body, 'details', 'causes'))) : [],
    object: isRefused ? {} : settled(asObject(theirs.body)),
    warnings: [...theirs.warnings].sort(),
  };
  assert.deepEqual(ours, expected, `POST ${path} ${JSON.stringify(body)}: ${theirs.text.slice(0, 400)}`);
}
