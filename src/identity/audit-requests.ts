// Audit events as the requests an authorizer was asked (audit.k8s.io/v1, Kubernetes 1.36), whatever they come wrapped in: single events,
// EventLists, lists of them, exports of Amazon CloudWatch (EKS), Azure Monitor and its tables (AKS), and Google Cloud's own log entries (GKE), which
// name no groups. A request that impersonated is that of the impersonated user, and of the caller the right to become it; a creation has no
// name; an update or apply that created something was asked for `create`, too.

import { asList, asNumber, asString, dig, field, isObject, type Json, strings } from '../lib/json.ts';
import { impersonationChecks, impersonationModes } from './impersonation.ts';
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
/** Where exports keep the event as text; `value` is a column of CloudWatch Logs Insights. */
const texts = ['message', '@message', 'log', 'log_s', 'Message', 'value'];

/** The requests in one JSON value of a log. What is no audit event gives none. */
export function recordedRequests(value: unknown, depth = 0): readonly RecordedRequest[] {
  if (depth > deepest) return [];
  if (Array.isArray(value)) return value.flatMap((one) => recordedRequests(one, depth + 1));
  if (!isObject(value)) return [];
  if (field(value, 'protoPayload') !== undefined) return timed(ofCloudLogging(field(value, 'protoPayload')), value);
  if (field(value, 'auditID') !== undefined && field(value, 'verb') !== undefined) return timed(ofEvent(value), value);
  if (field(value, 'AuditId') !== undefined) return recordedRequests(ofTable(value), depth + 1);
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

/** A row of Azure Monitor's tables AKSAudit and AKSAuditAdmin as the event it was; dynamic columns come as text, too. */
function ofTable(row: Json): object {
  const column = (name: string) => {
    const value = field(row, name);
    return typeof value === 'string' && value.startsWith('{') ? parsed(value) : value;
  };
  return {
    auditID: column('AuditId'),
    verb: column('Verb'),
    stage: column('Stage'),
    user: column('User'),
    objectRef: column('ObjectRef'),
    requestURI: column('RequestUri'),
    responseStatus: column('ResponseStatus'),
    annotations: column('Annotations'),
    requestReceivedTimestamp: column('RequestReceivedTime'),
  };
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
  return [{ user, wanted, allowed }, ...creation, ...impersonation(event, wanted)];
}

/** What whoever impersonated needed for it: events name the impersonated only where that was allowed. Groups the server adds are not asked for. */
function impersonation(event: Json, wanted: RequestAttributes): readonly RecordedRequest[] {
  const [caller, other] = [field(event, 'user'), field(event, 'impersonatedUser')];
  const user = userOf(caller);
  if (other === undefined || other === null || user.name === '') return [];
  const { name, groups } = userOf(other);
  const isAdded = (group: string) =>
    /^system:(?:un)?authenticated$/.test(group) ||
    (name.startsWith('system:serviceaccount:') && /^system:serviceaccounts(?::|$)/.test(group));
  const headers = { user: name, uid: asString(field(other, 'uid')) ?? '', groups: groups.filter((one) => !isAdded(one)) };
  const constraint = asString(dig(event, 'authenticationMetadata', 'impersonationConstraint')) ?? '';
  const mode = impersonationModes.find((one) => constraint === `impersonate:${one}`) ?? 'classic';
  const own = mode.endsWith('node') ? { ...headers, groups: [] } : headers;
  const checks = impersonationChecks({ ...user, uid: '', extra: extraOf(caller) }, { ...own, extra: extraOf(other) }, wanted, mode);
  return checks.map((asked) => ({ user, wanted: asked, allowed: true }));
}

function extraOf(user: Json | undefined): Readonly<Record<string, readonly string[]>> {
  const extra = field(user, 'extra');
  return isObject(extra) ? Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, strings(values)])) : {};
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
