// What an HTTP request asks for, as an authorizer sees it: verb, group, resource, subresource, namespace and name from method and URL
// (k8s.io/apiserver pkg/endpoints/request, 1.36). A list or watch narrowed to one metadata.name asks for that name; HEAD is GET; a delete
// of a collection is `deletecollection`. A URL with an unreadable selector is a plain list or watch, as it is to the server.

import { type FieldSelector, parseFieldSelector } from '../kube/field-selector.ts';
import { parseSelector } from '../kube/selector.ts';
import { withoutEnds } from '../lib/text.ts';
import type { RequestAttributes } from './rules.ts';

export interface RequestInfo extends RequestAttributes {
  /** False for URLs outside of `/api/VERSION/…` and `/apis/GROUP/VERSION/…`. */
  readonly isResourceRequest: boolean;
  readonly apiVersion: string;
  /** The path from the resource on: `pods`, `web-0`, `log`. */
  readonly parts: readonly string[];
  /** The selectors as written. */
  readonly fieldSelectorText: string;
  readonly labelSelectorText: string;
  /** Why a selector was not understood; empty where all was. */
  readonly selectorError: string;
}

const methods: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** A request that asks for no resource. */
const nothing: RequestInfo = {
  isResourceRequest: false,
  verb: '',
  apiGroup: '',
  apiVersion: '',
  namespace: '',
  resource: '',
  name: '',
  subresource: '',
  path: '',
  parts: [],
  fieldSelectorText: '',
  labelSelectorText: '',
  selectorError: '',
};

/** Reads a request line. `requestInfo('GET', '/api/v1/namespaces/shop/pods/web-0/log')` gets `pods/log` of `web-0`. */
export function requestInfo(method: string, url: string): RequestInfo {
  const question = url.indexOf('?');
  const path = decoded(question < 0 ? url : url.slice(0, question));
  const steps = withoutEnds(path, '/').split('/');
  const named = steps[0] === 'apis';
  if ((!named && steps[0] !== 'api') || steps.length < (named ? 4 : 3)) return { ...nothing, verb: method.toLowerCase(), path };
  const apiGroup = named ? (steps[1] ?? '') : '';
  const apiVersion = steps[named ? 2 : 1] ?? '';
  const rest = steps.slice(named ? 3 : 2);
  const prefix = rest[0] === 'watch' || rest[0] === 'proxy' ? rest[0] : undefined;
  if (prefix !== undefined && rest.length < 2)
    return { ...nothing, isResourceRequest: true, verb: method.toLowerCase(), apiGroup, apiVersion, path };
  const verb = prefix ?? (Object.hasOwn(methods, method) ? (methods[method] ?? '') : '');
  const { namespace, parts } = withoutNamespace(prefix === undefined ? rest : rest.slice(1));
  const [resource = '', name = '', subresource = ''] = parts;
  const found: RequestInfo = {
    isResourceRequest: true,
    verb,
    apiGroup,
    apiVersion,
    namespace,
    resource,
    name,
    subresource: prefix === 'proxy' ? '' : subresource,
    path,
    parts,
    fieldSelectorText: '',
    labelSelectorText: '',
    selectorError: '',
  };
  return prefix === undefined ? ofCollection(found, question < 0 ? '' : url.slice(question + 1)) : found;
}

function decoded(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(unescapedBytes(path));
  }
}

/** Bytes that are no UTF-8 are what they are; a percent sign that begins no escape stands for itself. */
function unescapedBytes(text: string): Uint8Array {
  const bytes: number[] = [];
  const given = new TextEncoder().encode(text);
  for (let at = 0; at < given.length; at++) {
    const digits = given[at] === 37 ? String.fromCharCode(given[at + 1] ?? 0, given[at + 2] ?? 0) : '';
    const isEscape = /^[0-9A-Fa-f]{2}$/.test(digits);
    bytes.push(isEscape ? Number.parseInt(digits, 16) : (given[at] ?? 0));
    if (isEscape) at += 2;
  }
  return Uint8Array.from(bytes);
}

/** `namespaces/shop/pods/web` is about pods in shop, `namespaces/shop/status` about the namespace itself. */
function withoutNamespace(steps: readonly string[]): { readonly namespace: string; readonly parts: readonly string[] } {
  if (steps[0] !== 'namespaces' || steps.length < 2) return { namespace: '', parts: steps };
  const inside = steps.length > 2 && steps[2] !== 'status' && steps[2] !== 'finalize';
  return { namespace: steps[1] ?? '', parts: inside ? steps.slice(2) : steps };
}

function ofCollection(info: RequestInfo, queryText: string): RequestInfo {
  if (info.name !== '' || (info.verb !== 'get' && info.verb !== 'delete')) return info;
  const query = new URLSearchParams(queryText);
  const fieldSelectorText = query.get('fieldSelector') ?? '';
  const labelSelectorText = query.get('labelSelector') ?? '';
  const fields = parseFieldSelector(fieldSelectorText);
  const labels = parseSelector(labelSelectorText);
  const bad = !fields.ok || !labels.ok || ['limit', 'timeoutSeconds'].some((key) => !/^[+-]?\d*$/.test(query.get(key) ?? ''));
  const selectorError = fields.ok && labels.ok ? '' : 'invalid selector';
  const selectors = { fieldSelectorText, labelSelectorText, selectorError, ...(fields.ok ? { fieldSelector: fields.value } : {}) };
  if (info.verb === 'delete') return { ...info, ...selectors, verb: 'deletecollection' };
  const watch = query.get('watch');
  const verb = watch !== null && watch !== '0' && watch.toLowerCase() !== 'false' ? 'watch' : 'list';
  return { ...info, ...selectors, verb, name: bad || !fields.ok ? '' : onlyName(fields.value) };
}

/** The one name a selector leaves; names that no path can hold count as none. */
function onlyName(selector: FieldSelector): string {
  const name = selector.find(({ field, equal }) => field === 'metadata.name' && equal)?.value ?? '';
  return name === '.' || name === '..' || /[/%]/.test(name) ? '' : name;
}
