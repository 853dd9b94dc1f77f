// The body of a write as the value it stands for: by its content type, JSON or YAML, with the messages of the API server's serializers for
// what is neither (k8s.io/apimachinery/pkg/runtime/serializer, 1.36). Protobuf bodies are not read here: a shell that takes them decodes
// them before they get here.

import type { TextIssue } from '../../kube/yaml/node.ts';
import { readDocument } from '../../kube/yaml/parse.ts';
import { asString, field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { ApiRequest } from '../request.ts';
import { type Oddities, readJsonText } from './json-text.ts';

export interface Body {
  readonly value: Json;
  readonly oddities: Oddities | undefined;
  readonly apiVersion: string;
  readonly kind: string;
  /** Errors of strict reading that the text itself has: keys that a YAML mapping repeats. */
  readonly strict: readonly string[];
  /** Nobody else has the value: decoding may change it. */
  readonly isOwn?: true;
}

export type ReadBody = { readonly ok: true; readonly value: Body } | { readonly ok: false; readonly message: string };

export type MediaType = 'json' | 'yaml' | 'protobuf';

/** What the server reads a body as; undefined for content types it does not know. */
export function mediaType(contentType: string | undefined): MediaType | undefined {
  const given = contentType ?? '';
  const semicolon = given.indexOf(';');
  if (semicolon >= 0 && !areParameters(given.slice(semicolon))) return undefined;
  switch ((semicolon < 0 ? given : given.slice(0, semicolon)).trim().toLowerCase()) {
    case '':
    case 'application/json':
      return 'json';
    case 'application/yaml':
      return 'yaml';
    case 'application/vnd.kubernetes.protobuf':
      return 'protobuf';
    default:
      return undefined;
  }
}

/** What may follow a media type (RFC 9110 §5.6.6). */
const parameters = /^(?:;\s*[!#$%&'*+\-.^_`|~0-9A-Za-z]+\s*=\s*(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[^"\\]|\\.)*")\s*)*(?:;\s*)?$/;

/** Whether they are, and none is given twice with other values. */
function areParameters(text: string): boolean {
  if (!parameters.test(text)) return false;
  const known = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/([^;=\s]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]+)/g)) {
    const before = known.get(name.toLowerCase()) ?? value;
    if (before !== value) return false;
    known.set(name.toLowerCase(), value);
  }
  return true;
}

/** The text of a body; '' where there is none. */
export function bodyText({ body }: ApiRequest): string {
  if (body === undefined) return '';
  return body.kind === 'text' ? body.text : JSON.stringify(body.value);
}

/** Reads the body, and the apiVersion and kind it claims. */
export function readBody(request: ApiRequest, type: MediaType): ReadBody {
  if (type === 'protobuf') {
    if (bodyText(request) === '') return { ok: false, message: 'empty data' };
    const message = 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]';
    return { ok: false, message };
  }
  const { body } = request;
  if (type === 'yaml') return readYaml(bodyText(request));
  if (body?.kind === 'json') return interpreted(body.value, undefined, []);
  const read = readJsonText(body?.text ?? '');
  if (!read.ok) return { ok: false, message: `couldn't get version/kind; json parse error: ${read.message}` };
  const found = interpreted(read.value, read.oddities, []);
  return found.ok ? { ok: true, value: { ...found.value, isOwn: true } } : found;
}

function readYaml(text: string): ReadBody {
  const { value, issues } = readDocument(text);
  const failed = issues.find(({ level }) => level === 'error');
  const repeated = issues.filter(({ code }) => code === 'yaml/duplicate-key' || code === 'json/duplicate-key');
  if (value === undefined && failed !== undefined) return { ok: false, message: yamlError(text, failed) };
  const strict = repeated.map(({ message, offset }) => repeatedKey(text, message, offset));
  const all = strict.length === 0 ? [] : [`yaml: unmarshal errors:\n${strict.join('\n')}`];
  return interpreted(sorted(value ?? null), undefined, all);
}

/** What go-yaml says of a text that is no YAML. */
export function yamlError(text: string, { code, message, offset }: TextIssue): string {
  if (code === 'yaml/not-a-number') {
    const written = /^[^\s,\]}]*/.exec(text.slice(offset))?.[0].toLowerCase() ?? '';
    return `json: unsupported value: ${written.includes('nan') ? 'NaN' : written.startsWith('-') ? '-Inf' : '+Inf'}`;
  }
  const line = text.slice(0, offset).split('\n').length;
  const words = goWords.find(([ours]) => message.startsWith(ours))?.[1] ?? message;
  // The first line goes unnamed.
  return line === 1 ? `yaml: ${words}` : `yaml: line ${line}: ${words}`;
}

/** What go-yaml says where our reader says more. */
const goWords: readonly (readonly [string, string])[] = [
  ['a tab cannot', 'found character that cannot start any token'],
  ['a value cannot begin here', 'mapping values are not allowed in this context'],
  ['a list item cannot begin here', 'block sequence entries are not allowed in this context'],
  ['a key cannot begin here', 'mapping keys are not allowed in this context'],
];

function repeatedKey(text: string, message: string, offset: number): string {
  const key = /"(.*)"/s.exec(message)?.[1] ?? '';
  return `  line ${text.slice(0, offset).split('\n').length}: key ${JSON.stringify(key)} already set in map`;
}

/** YAML becomes JSON with sorted keys before it is decoded, which is the order messages come in. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key] ?? null)]));
}

const typeMeta = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function interpreted(value: Json, oddities: Oddities | undefined, strict: readonly string[]): ReadBody {
  const refuse = (message: string): ReadBody => ({ ok: false, message: `couldn't get version/kind; json parse error: ${message}` });
  if (value !== null && !isObject(value)) return refuse(`json: cannot unmarshal ${nameOf(value)} into Go value of type ${typeMeta}`);
  for (const key of ['apiVersion', 'kind']) {
    const given = field(value, key);
    if (given !== undefined && given !== null && typeof given !== 'string')
      return refuse(`json: cannot unmarshal ${nameOf(given)} into Go struct field .${key} of type string`);
  }
  const object: JsonObject = isObject(value) ? value : {};
  const apiVersion = asString(field(object, 'apiVersion')) ?? '';
  const kind = asString(field(object, 'kind')) ?? '';
  if ((apiVersion.match(/\//g)?.length ?? 0) > 1) return { ok: false, message: `unexpected GroupVersion string: ${apiVersion}` };
  return { ok: true, value: { value, oddities, apiVersion, kind, strict } };
}

function nameOf(value: Json): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** The beginning of a body as messages show it: text where it is JSON, else hexadecimal. */
export function summary(text: string): string {
  const length = 30;
  if (text === '') return '<empty>';
  if (text.startsWith('{')) return text.length > length ? `${text.slice(0, length)} ...` : text;
  const bytes = new TextEncoder().encode(text);
  const hex = (part: Uint8Array) => [...part].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return bytes.length > length ? `${hex(bytes.subarray(0, length))} ...` : hex(bytes);
}
