// A trace without the values of Secrets. What stands below `data` and `stringData`, and what `kubectl apply` wrote down, is hidden by its place,
// whoever put it there. A message of the server that quotes a value, in any form it is written in, is hidden as a whole: with a hole in it, it
// would tell what the value is like. What policies and webhooks say of a Secret may hold any part of it: their own words are not shown.

import { asObject, field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import type { Change } from '../fields/changes.ts';
import type { ApiRequest } from '../request.ts';
import { type RequestTrace, sentValue, type TraceStage } from './trace.ts';

const hidden = '(not shown)';
const quoting = '(not shown: the message quotes the Secret)';
/** Shorter values are in every text; they are looked for as quoted ones. */
const shortest = 3;
const parts = ['data', 'stringData'];
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

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
  const told = (text: string) => (quotes(text, values) ? quoting : text);
  const warning = (each: string) => (/^(?:unknown|duplicate) field "/.test(each) ? told(each) : hidden);
  const { object, refusal, warnings, text } = trace.answer;
  return {
    ...trace,
    stages: trace.stages.map((stage) => ({
      ...stage,
      reason: reasonOf(stage, told),
      evidence: stage.evidence.map((each) => (stage.plugin !== undefined && strangers.has(stage.plugin) ? withoutWords(each) : each)),
      ...(stage.warnings === undefined ? {} : { warnings: stage.warnings.map(warning) }),
      ...(stage.auditAnnotations === undefined ? {} : { auditAnnotations: coveredAudit(stage.auditAnnotations) }),
      ...(stage.changes === undefined ? {} : { changes: stage.changes.map(covered) }),
    })),
    answer: {
      ...trace.answer,
      warnings: warnings.map(warning),
      ...(object === undefined ? {} : { object: coveredObject(object) }),
      ...(refusal === undefined ? {} : { refusal: coveredRefusal(refusal, told) }),
      ...(text === undefined ? {} : { text: told(text) }),
    },
    auditAnnotations: coveredAudit(trace.auditAnnotations),
  };
}

/** Plugins whose words are somebody else's. */
const strangers = new Set([
  'MutatingAdmissionPolicy',
  'ValidatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'ValidatingAdmissionWebhook',
  'ImagePolicyWebhook',
]);

/** Our own sentences hold no values; those of a refusal are the server's, or somebody else's. */
function reasonOf({ plugin, decision, reason }: TraceStage, told: (text: string) => string): string {
  if (plugin !== undefined && strangers.has(plugin)) return withoutWords(reason);
  return decision === 'refused' ? told(reason) : reason;
}

function coveredAudit(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [key, key.startsWith('authorization.k8s.io/') ? value : hidden]),
  );
}

/** Who denied it stays. */
function withoutWords(message: string): string {
  const match = /^([\s\S]*?\bdenied (?:the )?request: )/.exec(message);
  return match === null ? message : `${match[1]}${hidden}`;
}

function coveredRefusal(refusal: Refusal, told: (text: string) => string): Refusal {
  const { details } = refusal;
  const causes = details?.causes?.map((cause) => ({
    ...cause,
    ...(cause.message === undefined ? {} : { message: told(withoutWords(cause.message)) }),
  }));
  return {
    ...refusal,
    message: told(withoutWords(refusal.message)),
    ...(details === undefined ? {} : { details: { ...details, ...(causes === undefined ? {} : { causes }) } }),
  };
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
  if (path === `/metadata/annotations/${lastApplied.replace('/', '~1')}`) return { ...change, value: hidden };
  if (!isObject(value)) return change;
  if (path === '/metadata/annotations') return { ...change, value: coveredAnnotations(value) };
  if (path === '/metadata') return { ...change, value: coveredMetadata(value) };
  return path === '' ? { ...change, value: coveredObject(value) } : change;
}

function coveredObject(object: JsonObject): JsonObject {
  const own = parts.filter((part) => object[part] !== undefined);
  return {
    ...object,
    ...(isObject(object.metadata) ? { metadata: coveredMetadata(object.metadata) } : {}),
    ...Object.fromEntries(own.map((part) => [part, isObject(object[part]) ? coveredMap(asObject(object[part])) : hidden])),
  };
}

function coveredMetadata(metadata: JsonObject): JsonObject {
  return isObject(metadata.annotations) ? { ...metadata, annotations: coveredAnnotations(metadata.annotations) } : metadata;
}

function coveredAnnotations(annotations: JsonObject): JsonObject {
  return Object.hasOwn(annotations, lastApplied) ? { ...annotations, [lastApplied]: hidden } : annotations;
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

function quotes(text: string, values: ReadonlySet<string>): boolean {
  return [...values].some((value) => text.includes(value.length < shortest ? `"${value}"` : value));
}
