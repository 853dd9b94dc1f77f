// Writes that store nothing: questions about access and identity (`reviews/`), tokens of service accounts, connections to pods, services and nodes.
// Left out: the connection itself, for which there is no node.

import type { Struct } from '../../kube/schema/defaults/struct.ts';
import type { Json } from '../../lib/json.ts';
import { admit, type Observe, validateAdmission } from '../admission/run.ts';
import type { Answer, Refusal } from '../answer.ts';
import { proxyRefusal, streamRefusal } from '../read/kubelet.ts';
import type { ApiRequest } from '../request.ts';
import { accessReview, rulesReviewOf } from '../reviews/access.ts';
import { attributesOf } from '../reviews/asked.ts';
import { selfReview, tokenReview } from '../reviews/authentication.ts';
import { tokenRequest } from '../reviews/token-request.ts';
import { notFound, refused } from '../status.ts';
import type { Target } from '../target.ts';
import type { Writing } from './update.ts';

const connections: Readonly<Record<string, string>> = {
  exec: 'PodExecOptions',
  attach: 'PodAttachOptions',
  portforward: 'PodPortForwardOptions',
  proxy: 'PodProxyOptions',
};

type Special = (target: Target, request: ApiRequest, writing: Writing, observe?: Observe) => Answer;

const reviews: Readonly<Record<string, Special>> = {
  'authorization.k8s.io/subjectaccessreviews': accessReview,
  'authorization.k8s.io/localsubjectaccessreviews': accessReview,
  'authorization.k8s.io/selfsubjectaccessreviews': accessReview,
  'authorization.k8s.io/selfsubjectrulesreviews': rulesReviewOf,
  'authentication.k8s.io/selfsubjectreviews': selfReview,
  'authentication.k8s.io/tokenreviews': tokenReview,
};

/** The answer to a write of one of these; undefined for every other request. */
export function answerSpecial(target: Target, request: ApiRequest, writing: Writing, observe?: Observe): Answer | undefined {
  const { group, resource, subresource } = target;
  if (group === 'authorization.k8s.io' || group === 'authentication.k8s.io') {
    const id = `${group}/${resource}`;
    return request.method === 'POST' && Object.hasOwn(reviews, id) ? reviews[id]?.(target, request, writing, observe) : undefined;
  }
  if (group !== '' || subresource === '') return undefined;
  if (resource === 'serviceaccounts' && subresource === 'token' && request.method === 'POST')
    return tokenRequest(target, request, writing, observe);
  return Object.hasOwn(connections, subresource) ? connect(target, request, writing, observe) : undefined;
}

/** A connection: admission judges it, and then there is nothing to connect to. */
function connect(target: Target, request: ApiRequest, writing: Writing, observe: Observe | undefined): Answer {
  const kind = connections[target.subresource] ?? '';
  const options = {
    kind: target.resource === 'pods' ? kind : kind.replace(/^Pod/, target.resource === 'nodes' ? 'Node' : 'Service'),
    apiVersion: 'v1',
  };
  const object = { ...options, ...optionsIn(request, target.subresource) } as unknown as Struct;
  const kinded: Target = { ...target, kind: options.kind, kindVersion: 'v1', type: { kind: 'built-in', schema: {} } };
  const attributes = attributesOf(kinded, request, writing, 'CONNECT', object);
  const refusal = admit(attributes, observe) ?? validateAdmission(attributes, observe);
  if (refusal !== undefined) return refused(refusal, attributes.warnings);
  return refused(endOfConnection(target, request, writing), attributes.warnings);
}

function endOfConnection({ resource, namespace, name, subresource }: Target, { query }: ApiRequest, { state }: Writing): Refusal {
  if (subresource === 'proxy') return proxyRefusal(resource, namespace, name, state);
  const pod = state.get({ group: '', resource }, namespace, name);
  if (pod === undefined) return notFound({ group: '', resource }, name);
  return streamRefusal(pod, subresource, new Map(Object.entries(query).map(([key, value]) => [key, [value]])), false, state);
}

function optionsIn({ query }: ApiRequest, subresource: string): Record<string, Json> {
  const flag = (key: string, fallback = false) => (Object.hasOwn(query, key) ? query[key] !== 'false' && query[key] !== '0' : fallback);
  const options: Record<string, Json> = {};
  if (subresource === 'proxy' || subresource === 'portforward') return options;
  const attach = subresource === 'attach';
  for (const [key, fallback] of [
    ['stdin', false],
    ['stdout', attach],
    ['stderr', attach],
    ['tty', false],
  ] as const)
    if (flag(key, fallback)) options[key] = true;
  if (Object.hasOwn(query, 'container')) options.container = query.container ?? '';
  if (Object.hasOwn(query, 'command')) options.command = [query.command ?? ''];
  return options;
}
