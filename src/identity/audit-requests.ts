// Audit events as the requests an authorizer was asked (audit.k8s.io/v1, Kubernetes 1.36), whatever they come wrapped in: single events,
// EventLists, lists of them, exports of Amazon CloudWatch (EKS) and Azure Monitor (AKS), and Google Cloud's own log entries (GKE), which
// name no groups. A request that impersonated is that of the impersonated user; a creation has no name; an update or apply that created
// something was asked for `create`, too.

import { asList, asNumber, asString, dig, field, isObject, type Json, strings } from '../lib/json.ts';
import { type RequestAttributes, request } from './rules.ts';
import type { User } from './subjects.ts';

export interface RecordedRequest {
  readonly user: User;
  readonly wanted: RequestAttributes;
  /** False where the API server refused it. */
  readonly allowed: boolean;
  /** When it came, as RFC 3339 writes times; absent where the log does not say. */
  readonly time?: string;
}

const deepest = 6;
const wrappers = ['items', 'records', 'events', 'logEvents', 'entries', 'results'];
const texts = ['message', '@message', 'log', 'log_s', 'Message'];

/** The requests in one JSON value of a log. What is no audit event gives none. */
export function recordedRequests(value: unknown, depth = 0): readonly RecordedRequest[] {
  if (depth > deepest) return [];
  if (Array.isArray(value)) return value.flatMap((one) => recordedRequests(one, depth + 1));
  if (!isObject(value)) return [];
  if (field(value, 'protoPayload') !== undefined) return timed(ofCloudLogging(field(value, 'protoPayload')), value);
  if (field(value, 'auditID') !== undefined && field(value, 'verb') !== undefined) return timed(ofEvent(value), value);
  const inside = wrappers.flatMap((key) => recordedRequests(asList(field(value, key)), depth + 1));
  const written = [...texts.map((key) => field(value, key)), dig(value, 'properties', 'log')];
  return [...inside, ...written.flatMap((text) => (typeof text === 'string' ? recordedRequests(parsed(text), depth + 1) : []))];
}

const times = ['requestReceivedTimestamp', 'stageTimestamp', 'timestamp'];

function timed(requests: readonly RecordedRequest[], event: unknown): readonly RecordedRequest[] {
  const time = times.map((key) => asString(field(event, key))).find((text) => text !== undefined && /^\d{4}-\d\d-\d\dT/.test(text));
  return time === undefined ? requests : requests.map((one) => ({ ...one, time }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The requests of one audit event; none where it was not authorized yet, or nobody was authenticated. */
function ofEvent(event: Json): readonly RecordedRequest[] {
  const user = userOf(field(event, 'impersonatedUser') ?? field(event, 'user'));
  if (user.name === '' || field(event, 'stage') === 'RequestReceived') return [];
  const code = asNumber(dig(event, 'responseStatus', 'code'));
  if (code === 401) return [];
  const decision = asString(dig(event, 'annotations', 'authorization.k8s.io/decision'));
  const allowed = decision === undefined ? code !== 403 : decision === 'allow';
  const wanted = auditedAttributes(event);
  const created = code === 201 && wanted.resource !== '' && ['update', 'patch'].includes(wanted.verb);
  const creation = created ? [{ user, wanted: { ...wanted, verb: 'create' }, allowed }] : [];
  return [{ user, wanted, allowed }, ...creation];
}

/** What the authorizer was asked, from one audit event; the path keeps its query, as the event has it. */
export function auditedAttributes(event: Json): RequestAttributes {
  const reference = field(event, 'objectRef');
  const text = (key: string) => asString(field(reference, key)) ?? '';
  const verb = asString(field(event, 'verb')) ?? '';
  const path = asString(field(event, 'requestURI')) ?? '';
  const [resource, subresource] = [text('resource'), text('subresource')];
  if (resource === '') return { ...request(verb, '', ''), path };
  const name = verb === 'create' && subresource === '' ? '' : text('name');
  return { verb, apiGroup: text('apiGroup'), resource, subresource, namespace: text('namespace'), name, path };
}

function userOf(value: Json | undefined): User {
  return { name: asString(field(value, 'username')) ?? '', groups: strings(field(value, 'groups')) };
}

/** GKE: the resource is a path such as `apps/v1/namespaces/shop/deployments/web/scale`, the verb the method's last word. */
function ofCloudLogging(payload: Json | undefined): readonly RecordedRequest[] {
  const name = asString(dig(payload, 'authenticationInfo', 'principalEmail')) ?? '';
  const method = asString(field(payload, 'methodName')) ?? '';
  if (name === '' || !method.startsWith('io.k8s.')) return [];
  const verb = method.slice(method.lastIndexOf('.') + 1);
  const steps = (asString(field(payload, 'resourceName')) ?? '').split('/');
  const allowed = asNumber(dig(payload, 'status', 'code')) !== 7 && dig(payload, 'authorizationInfo', 0, 'granted') !== false;
  const groups = name === 'system:anonymous' ? ['system:unauthenticated'] : ['system:authenticated'];
  const user = { name, groups };
  if (method.split('.').length < 4) return [{ user, wanted: { ...request(verb, '', ''), path: `/${steps.join('/')}` }, allowed }];
  const [group = '', , ...rest] = steps;
  const inside = rest[0] === 'namespaces' && rest.length > 2;
  const [resource = '', object = '', subresource = ''] = inside ? rest.slice(2) : rest;
  const plural = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = {
    namespace: inside || resource === 'namespaces' ? ((resource === 'namespaces' ? object : rest[1]) ?? '') : '',
    name: verb === 'create' && subresource === '' ? '' : object,
  };
  return resource === '' ? [] : [{ user, wanted: request(verb, group === 'core' ? '' : group, plural, where), allowed }];
}
