// What etcd takes: the key of an object, and how large the transaction that writes it may be. Sizes are those of the messages that the API server
// sends (etcd 3.6 api/etcdserverpb/rpc.proto; k8s.io/apiserver/pkg/storage/etcd3/store.go, 1.36), with etcd's own limits: 2 MiB of the client,
// 1.5 MiB (`--max-request-bytes`) of the server. Left out: leases of Events, and encryption at rest, which makes values larger.

import { encodeProtobuf } from '../../kube/protobuf/encode.ts';
import { asObject, asString, field, type Json, type JsonObject } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import type { Serving } from '../server.ts';
import type { Target } from '../target.ts';

const mostSent = 2 * 1024 * 1024;
const mostTaken = 1.5 * 1024 * 1024;
/** What etcd's log puts around a transaction: its header and its length. */
const logged = 17;

/** Folders of etcd that are not called after their resource. */
const folders: Readonly<Record<string, string>> = {
  '/replicationcontrollers': 'controllers',
  '/endpoints': 'services/endpoints',
  '/services': 'services/specs',
  '/nodes': 'minions',
  'networking.k8s.io/ingresses': 'ingress',
  'apiextensions.k8s.io/customresourcedefinitions': 'apiextensions.k8s.io/customresourcedefinitions',
  'apiregistration.k8s.io/apiservices': 'apiregistration.k8s.io/apiservices',
};

/** Where etcd has an object, below `/registry`. */
export function etcdKey({ group, resource, namespace, type }: Target, name: string): string {
  const folder = type.kind === 'custom' ? `${group}/${resource}` : (folders[`${group}/${resource}`] ?? resource);
  return `/${folder}/${namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** The refusal where an object, as the store holds it, is too large to be written over the `existing` one. */
export function sizeRefusal(
  object: JsonObject,
  name: string,
  target: Target,
  existing: JsonObject | undefined,
  serving: Pick<Serving, 'server' | 'fieldNumbers'>,
): Refusal | undefined {
  if (!hasCharacters(object, fewest)) return undefined;
  const sent = transactionSize(valueSize(object, target, serving), `/registry${etcdKey(target, name)}`, existing);
  if (sent > mostSent)
    return failed(`rpc error: code = ResourceExhausted desc = trying to send message larger than max (${sent} vs. ${mostSent})`);
  return sent + logged > mostTaken ? failed('etcdserver: request is too large') : undefined;
}

function failed(message: string): Refusal {
  return { code: 500, reason: '', message };
}

/** A character is six bytes at most; what has fewer of them than this is taken whatever they are. */
const fewest = mostTaken / 8;
/** Braces, a comma and a number, or what protobuf has for them. */
const perValue = 8;

/** True where a value has as many characters, about. */
function hasCharacters(value: JsonObject, least: number): boolean {
  let left = least;
  const count = (at: Json): void => {
    left -= perValue;
    if (typeof at === 'string') left -= at.length;
    else if (Array.isArray(at)) {
      for (let index = 0; index < at.length && left > 0; index++) count(at[index] as Json);
    } else if (typeof at === 'object' && at !== null) {
      for (const key in at) {
        if (left <= 0) return;
        left -= key.length;
        count((at as JsonObject)[key] ?? null);
      }
    }
  };
  count(value);
  return left <= 0;
}

/** Groups whose objects are stored as JSON, as custom resources are: their servers have no other encoding. */
const storedAsJson = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);

function valueSize(
  object: JsonObject,
  { type, group }: Target,
  { server, fieldNumbers }: Pick<Serving, 'server' | 'fieldNumbers'>,
): number {
  const { resourceVersion: _revision, ...metadata } = asObject(object.metadata);
  const value = { ...object, metadata };
  if (type.kind === 'built-in' && !storedAsJson.has(group) && fieldNumbers !== undefined) {
    const bytes = encodeProtobuf(value, { release: server.release, numbers: fieldNumbers });
    if (bytes.ok) return bytes.value.length;
  }
  return goJsonSize(value);
}

const utf8 = new TextEncoder();

/** The bytes of Go's JSON, which escapes what HTML would read, and of the newline after it. */
function goJsonSize(value: JsonObject): number {
  const text = JSON.stringify(value);
  let escaped = 0;
  for (const found of text.match(/[<>&\u2028\u2029]/g) ?? []) escaped += found < '\u2028' ? 5 : 3;
  return utf8.encode(text).length + escaped + 1;
}

/** The bytes of a transaction that puts a value where its key is as it was, else reads what is there. */
function transactionSize(value: number, key: string, existing: JsonObject | undefined): number {
  const named = delimited(utf8.encode(key).length);
  const revision = Number(asString(field(existing?.metadata, 'resourceVersion')) ?? 0);
  const compare = 2 + named + 1 + varint(revision);
  const put = delimited(delimited(named + delimited(value)));
  return delimited(compare) + put + (existing === undefined ? 0 : delimited(delimited(named)));
}

/** A field of a message that is itself so long: its tag, its length, and itself. */
function delimited(length: number): number {
  return 1 + varint(length) + length;
}

function varint(value: number): number {
  let bytes = 1;
  for (let left = value; left >= 128; left = Math.floor(left / 128)) bytes++;
  return bytes;
}
