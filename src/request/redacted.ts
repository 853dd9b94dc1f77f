// A trace without the values of Secrets. What stands below `data` and `stringData` is hidden by its place, whoever put it there; everywhere else
// (what `kubectl apply` wrote down, messages that quote what was sent) the values are looked for, in every form they are written in. What policies
// and webhooks say of a Secret may hold any part of it in any form: their own words are not shown, only that they refused.

import { asObject, field, isObject, type Json, type JsonObject } from '../lib/json.ts';
import type { Change } from './changes.ts';
import type { ApiRequest } from './request.ts';
import { type RequestTrace, sentValue } from './trace.ts';

const hidden = '(not shown)';
/** Shorter values are hidden where they stand alone, not inside of other texts. */
const shortest = 4;
const parts = ['data', 'stringData'];

/** The trace of a request as it may be shown; `stored` is the object it is about, as it was before. */
export function withoutSecretValues(trace: RequestTrace, request: ApiRequest, stored: Json | undefined): RequestTrace {
  const sent = sentValue(request);
  const objects = [sent, stored, trace.answer.object as Json | undefined];
  const isSecret = objects.some((object) => field(object, 'kind') === 'Secret') || /\/secrets(?:[/?]|$)/.test(decoded(request.path));
  if (!isSecret) return trace;
  const values = new Set<string>();
  for (const object of objects) for (const part of parts) collect(field(object, part), values);
  // Operations of a JSON patch.
  if (Array.isArray(sent)) for (const operation of sent) collect(field(operation, 'value'), values);
  for (const { changes = [] } of trace.stages) for (const { path, value } of changes) if (isBelow(path)) collect(value, values);
  const long = [...values].filter((value) => value.length >= shortest).sort((a, b) => b.length - a.length);
  const { object, refusal, warnings } = trace.answer;
  const placed: RequestTrace = {
    ...trace,
    stages: trace.stages.map((stage) => ({
      ...stage,
      ...(stage.plugin !== undefined && strangers.has(stage.plugin) ? { reason: withoutWords(stage.reason) } : {}),
      ...(stage.changes === undefined ? {} : { changes: stage.changes.map(covered) }),
    })),
    answer: {
      ...trace.answer,
      warnings: warnings.map((text) => (/^(?:unknown|duplicate) field "/.test(text) ? text : hidden)),
      ...(object === undefined ? {} : { object: coveredObject(object) }),
      ...(refusal === undefined ? {} : { refusal: { ...refusal, message: withoutWords(refusal.message) } }),
    },
    auditAnnotations: Object.fromEntries(
      Object.entries(trace.auditAnnotations).map(([key, value]) => [key, key.startsWith('authorization.k8s.io/') ? value : hidden]),
    ),
  };
  return cleaned(placed as unknown as Json, values, long) as unknown as RequestTrace;
}

/** Plugins whose words are somebody else's. */
const strangers = new Set([
  'MutatingAdmissionPolicy',
  'ValidatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'ValidatingAdmissionWebhook',
  'ImagePolicyWebhook',
]);

/** Who denied it stays. */
function withoutWords(message: string): string {
  const match = /^([\s\S]*?\bdenied (?:the )?request: )/.exec(message);
  return match === null ? message : `${match[1]}${hidden}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function isBelow(path: string): boolean {
  return /^\/(?:data|stringData)(?:\/|$)/.test(path);
}

function covered(change: Change): Change {
  const { path, value } = change;
  if (value === undefined) return change;
  if (isBelow(path)) return { ...change, value: isObject(value) ? coveredMap(value) : hidden };
  return path === '' && isObject(value) ? { ...change, value: coveredObject(value as JsonObject) } : change;
}

function coveredObject(object: JsonObject): JsonObject {
  const own = parts.filter((part) => object[part] !== undefined);
  return {
    ...object,
    ...Object.fromEntries(own.map((part) => [part, isObject(object[part]) ? coveredMap(asObject(object[part])) : hidden])),
  };
}

/** Names are shown. */
function coveredMap(map: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(map).map((key) => [key, hidden]));
}

/** Every text below a value, as it is written, and as base64 and its meaning. */
function collect(value: Json | undefined, values: Set<string>): void {
  if (Array.isArray(value)) for (const each of value) collect(each, values);
  else if (isObject(value)) for (const each of Object.values(value)) collect(each, values);
  else if (typeof value === 'number') values.add(String(value));
  if (typeof value !== 'string') return;
  const inner = meant(value);
  for (const text of [value, value.trim(), inner])
    for (const each of [text, JSON.stringify(text).slice(1, -1), encoded(text)]) if (each !== '') values.add(each);
}

function meant(text: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  } catch {
    return '';
  }
}

function encoded(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}

function cleaned(value: Json, values: ReadonlySet<string>, long: readonly string[]): Json {
  if (typeof value === 'string') {
    // What `kubectl apply` wrote down is the whole object once more.
    if (values.has(value) || value.includes('"kind":"Secret"')) return hidden;
    return long.reduce((text, each) => (text.includes(each) ? text.replaceAll(each, hidden) : text), value);
  }
  if (Array.isArray(value)) return value.map((each: Json) => cleaned(each, values, long));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, cleaned(each, values, long)] as const])),
  );
}
