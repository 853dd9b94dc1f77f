// How a recorded answer of the API server and ours are compared: what differs from run to run is written as the recorder writes it.

import { asList, asObject, asString, dig, field, isObject, type Json, type JsonObject, sameJson } from '../../src/lib/json.ts';
import type { Answer } from '../../src/request/answer.ts';
import type { Circumstances } from '../../src/request/store/state.ts';

export interface RecordedAnswer {
  readonly code: number;
  readonly reason?: string;
  readonly message?: string;
  readonly causes?: readonly { readonly reason?: string; readonly field?: string; readonly message?: string }[];
  readonly object?: JsonObject;
  readonly text?: string;
  readonly warnings?: readonly string[];
}

const now = '2031-02-03T04:05:06Z';
const suffix = 'zq7xw';

/** Circumstances whose marks `recorded` finds again. */
export function circumstances(): Circumstances {
  let uids = 0;
  return {
    now,
    uid: () => `00000000-0000-4000-8000-${String(++uids).padStart(12, '0')}`,
    suffix: (length) => suffix.slice(0, length),
  };
}

/** Our answer in the recorder's words. `sent` is everything the case sent: what it names was not given out by the server. */
export function asRecorded(answer: Answer, sent: string, keepsManagedFields: boolean): RecordedAnswer {
  const uids = new Map<string, string>();
  const text = (value: string) =>
    value
      .replaceAll(now, '<time>')
      .replaceAll(suffix, '<rand>')
      .replace(/\bkube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-<rand>')
      .replaceAll('\u00a0', ' ')
      .replace(/00000000-0000-4000-8000-[0-9]{12}/g, (uid) => {
        const known = uids.get(uid) ?? `<uid:${uids.size + 1}>`;
        uids.set(uid, known);
        return known;
      });
  const warnings = answer.warnings.map(text);
  if (answer.text !== undefined) return { code: answer.code, text: answer.text, warnings };
  if (answer.refusal !== undefined) {
    const { code, reason, message, details } = answer.refusal;
    const causes = (details?.causes ?? []).map((cause) => ({ ...cause, message: text(cause.message) })).sort(byField);
    return { code, reason, message: text(sortedMessage(message, causes)), causes, warnings };
  }
  const revisions = new Map<string, string>();
  const object = withRevision(asObject(marked(answer.object ?? {}, text)), revisions, sent);
  return { code: answer.code, object: finished(object, sent, keepsManagedFields), warnings };
}

type Cause = { readonly reason: string; readonly field?: string; readonly message: string };

function byField(a: Cause, b: Cause): number {
  const left = a.field ?? '';
  const right = b.field ?? '';
  return left < right ? -1 : left > right ? 1 : a.message < b.message ? -1 : a.message > b.message ? 1 : 0;
}

function sortedMessage(message: string, causes: readonly Cause[]): string {
  const match = /^(.* is invalid: )\[/s.exec(message);
  if (match === null || causes.length < 2) return message;
  const texts = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  return `${match[1]}${texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`}`;
}

function marked(value: Json, text: (value: string) => string): Json {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((item) => marked(item, text));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), marked(item ?? null, text)]));
}

function finished(object: JsonObject, sent: string, keepsManagedFields: boolean): JsonObject {
  let result = object;
  const metadata = asObject(object.metadata);
  if (metadata.managedFields !== undefined) {
    const { managedFields, ...rest } = metadata;
    const kept = keepsManagedFields ? { ...rest, managedFields: asList(managedFields).toSorted(byManager) } : rest;
    result = { ...result, metadata: kept };
  }
  if (object.kind === 'Service' && object.apiVersion === 'v1')
    result = { ...result, spec: withoutAllocations(asObject(object.spec), sent) };
  return result;
}

/** The n-th revision of the case as `<rv:n>`. */
function withRevision(object: JsonObject, revisions: Map<string, string>, sent: string): JsonObject {
  const metadata = asObject(object.metadata);
  const items = Array.isArray(object.items)
    ? { items: object.items.map((item) => withRevision(asObject(item), revisions, sent) as Json) }
    : {};
  const own = asString(metadata.resourceVersion);
  if (own === undefined || own === '' || own.startsWith('<rv:') || sent.includes(`"resourceVersion":"${own}"`))
    return { ...object, ...items } as JsonObject;
  const known = revisions.get(own) ?? `<rv:${revisions.size + 1}>`;
  revisions.set(own, known);
  return { ...object, ...items, metadata: { ...metadata, resourceVersion: known } } as JsonObject;
}

function byManager(a: Json, b: Json): number {
  for (const key of ['operation', 'subresource', 'manager', 'apiVersion']) {
    const left = asString(field(a, key)) ?? '';
    const right = asString(field(b, key)) ?? '';
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function withoutAllocations(spec: JsonObject, sent: string): JsonObject {
  const given = (value: Json | undefined) => sent.includes(`${value}`);
  const named = (port: number) => new RegExp(`[nN]odePort"?: *${port}\\b`).test(sent);
  const address = (value: Json): Json =>
    typeof value === 'string' && value !== 'None' && value !== '' && !given(value) ? '<clusterIP>' : value;
  const result: Record<string, Json | undefined> = { ...spec };
  if (spec.clusterIP !== undefined) result.clusterIP = address(spec.clusterIP);
  if (Array.isArray(spec.clusterIPs)) result.clusterIPs = spec.clusterIPs.map(address);
  if (Array.isArray(spec.ports))
    result.ports = spec.ports.map((port) => {
      const nodePort = dig(port, 'nodePort');
      return typeof nodePort !== 'number' || named(nodePort) ? port : { ...asObject(port), nodePort: '<nodePort>' };
    });
  if (typeof spec.healthCheckNodePort === 'number' && !named(spec.healthCheckNodePort)) result.healthCheckNodePort = '<nodePort>';
  return result as JsonObject;
}

/** The first difference of code, reason, causes and object; undefined where all are equal. */
export function difference(found: RecordedAnswer, expected: RecordedAnswer): string | undefined {
  const shown = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 1500);
  const { code, reason, causes = [], object, text, message } = expected;
  if (found.code !== code || (found.reason ?? '') !== (reason ?? ''))
    return `expected ${code} ${reason ?? ''}: ${message ?? text ?? ''}; got ${found.code} ${found.reason ?? ''}: ${found.message ?? found.text ?? shown(found.object)}`;
  if (text !== undefined && found.text !== text) return `expected ${shown(text)}, got ${shown(found.text)}`;
  const plain = (list: readonly object[]) =>
    list.map((cause) => Object.fromEntries(Object.entries(cause).filter(([, value]) => value !== '')));
  if (!sameJson(plain(found.causes ?? []), plain(causes))) return `expected causes ${shown(causes)}, got ${shown(found.causes)}`;
  if (object !== undefined) return firstDifference(found.object, object, '');
  return undefined;
}

function firstDifference(found: unknown, expected: unknown, path: string): string | undefined {
  if (sameJson(found, expected)) return undefined;
  if (isObject(found) && isObject(expected)) {
    for (const key of new Set([...Object.keys(found), ...Object.keys(expected)])) {
      const inner = firstDifference(found[key], expected[key], `${path}/${key}`);
      if (inner !== undefined) return inner;
    }
  }
  if (Array.isArray(found) && Array.isArray(expected) && found.length === expected.length)
    for (const [index, item] of expected.entries()) {
      const inner = firstDifference(found[index], item, `${path}/${index}`);
      if (inner !== undefined) return inner;
    }
  return `${path}: expected ${(JSON.stringify(expected) ?? 'nothing').slice(0, 700)}, got ${(JSON.stringify(found) ?? 'nothing').slice(0, 700)}`;
}
