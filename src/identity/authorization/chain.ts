// The authorizers of an API server asked in order: system:masters before all, then each of the configuration; the first that allows or
// denies decides (k8s.io/apiserver pkg/authorization/union, 1.36). Webhooks are asked through a function that is given; without one they are
// passed over and named, since each of them may have decided otherwise.

import type { Requirement } from '../../kube/selector.ts';
import { asString, field, type JsonObject } from '../../lib/json.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type AbacPolicy, abacAllows } from '../abac.ts';
import { privilegedGroup, rbacReview, type Via } from '../access-review.ts';
import type { Identity } from '../impersonation.ts';
import { nodeDecision } from '../node-authorizer.ts';
import type { RequestAttributes } from '../rules.ts';
import type { AuthorizerEntry, WebhookAuthorizer } from './configuration.ts';
import { matchConditions } from './match-conditions.ts';

/** What an authorizer is asked, webhooks with more than RBAC looks at. */
export interface AuthorizationQuestion {
  readonly user: Identity;
  readonly wanted: RequestAttributes;
  readonly isResourceRequest: boolean;
  /** `v1`; `*` in a review that names none. */
  readonly apiVersion: string;
  readonly labelSelector?: readonly Requirement[];
}

/** A webhook's answer, or why there is none. */
export type WebhookAnswer = { readonly allowed: boolean; readonly denied: boolean; readonly reason: string } | { readonly error: string };

/** Asks a webhook by name, with the spec of the SubjectAccessReview it gets. */
export type AskWebhook = (name: string, spec: JsonObject) => WebhookAnswer;

export interface ChainAnswer {
  readonly decision: 'allow' | 'deny' | 'no opinion';
  readonly reason: string;
  /** What failed on the way, where that decided or nobody decided. */
  readonly error: string;
  /** Who decided; undefined where nobody did. */
  readonly authorizer: string | undefined;
  readonly via: readonly Via[];
  /** Webhooks that would have been asked before the decision and are not modelled here. */
  readonly notModelled: readonly string[];
}

interface Opinion {
  readonly decision: ChainAnswer['decision'];
  readonly reason?: string;
  readonly error?: string;
  readonly via?: readonly Via[];
}

/** What the chain says. `policies`: those of ABAC, where it is in the chain. */
export function decide(
  snapshot: Snapshot,
  chain: readonly AuthorizerEntry[],
  question: AuthorizationQuestion,
  { ask, policies = [] }: { readonly ask?: AskWebhook; readonly policies?: readonly AbacPolicy[] } = {},
): ChainAnswer {
  const none = { reason: '', error: '', via: [], notModelled: [] };
  if (question.user.groups.includes(privilegedGroup)) return { ...none, decision: 'allow', authorizer: privilegedGroup };
  const [reasons, errors, notModelled]: [string[], string[], string[]] = [[], [], []];
  for (const entry of chain) {
    const opinion = entry.kind === 'Webhook' ? askWebhook(entry, question, ask) : builtIn(snapshot, entry.kind, question, policies);
    if (opinion === undefined) {
      notModelled.push(entry.name);
      continue;
    }
    const { decision, reason = '', error = '', via = [] } = opinion;
    if (decision !== 'no opinion') return { decision, reason, error, authorizer: entry.name, via, notModelled };
    if (reason !== '') reasons.push(reason);
    if (error !== '') errors.push(error);
  }
  const error = errors.length < 2 ? (errors[0] ?? '') : `[${[...new Set(errors)].join(', ')}]`;
  return { decision: 'no opinion', reason: reasons.join('\n'), error, authorizer: undefined, via: [], notModelled };
}

function builtIn(
  snapshot: Snapshot,
  kind: Exclude<AuthorizerEntry['kind'], 'Webhook'>,
  { user, wanted, isResourceRequest }: AuthorizationQuestion,
  policies: readonly AbacPolicy[],
): Opinion {
  switch (kind) {
    case 'AlwaysAllow':
      return { decision: 'allow' };
    case 'AlwaysDeny':
      return { decision: 'no opinion', reason: 'Everything is forbidden.' };
    case 'ABAC':
      return policies.some((policy) => abacAllows(policy, user, wanted, isResourceRequest))
        ? { decision: 'allow' }
        : { decision: 'no opinion', reason: 'No policy matched.' };
    case 'Node': {
      const node = nodeDecision(snapshot, user, wanted);
      return { decision: node?.allowed === true ? 'allow' : 'no opinion', reason: node?.reason ?? '' };
    }
    case 'RBAC': {
      const { allowed, reason, via } = rbacReview(snapshot, user, wanted);
      return { decision: allowed ? 'allow' : 'no opinion', reason, via };
    }
  }
}

/** Undefined: the webhook would be asked, and nobody can. */
function askWebhook(
  { name, failurePolicy, conditions }: WebhookAuthorizer,
  question: AuthorizationQuestion,
  ask?: AskWebhook,
): Opinion | undefined {
  const spec = reviewSpec(question);
  const failed = (error: string): Opinion => ({ decision: failurePolicy === 'Deny' ? 'deny' : 'no opinion', error });
  const matched = matchConditions(conditions, spec);
  if (matched.kind === 'error') return failed(matched.message);
  if (matched.kind === 'no') return { decision: 'no opinion' };
  if (ask === undefined) return undefined;
  const answer = ask(name, spec);
  if ('error' in answer) return failed(answer.error);
  const { allowed, denied, reason } = answer;
  if (denied && allowed) return { decision: 'deny', reason, error: 'webhook subject access review returned both allow and deny response' };
  return { decision: denied ? 'deny' : allowed ? 'allow' : 'no opinion', reason };
}

/** The spec of the review that a webhook gets; what is empty is left out. */
export function reviewSpec({ user, wanted, isResourceRequest, apiVersion, labelSelector }: AuthorizationQuestion): JsonObject {
  const selectors = (key: string, requirements: readonly JsonObject[]) => (requirements.length === 0 ? {} : { [key]: { requirements } });
  const fields = (wanted.fieldSelector ?? []).map(({ field: key, equal, value }) => ({
    key,
    operator: equal ? 'In' : 'NotIn',
    values: [value],
  }));
  const labels = (labelSelector ?? [])
    .filter(({ operator }) => operator !== 'Gt' && operator !== 'Lt')
    .map(({ key, operator, values }) => ({ key, operator, ...(values.length === 0 ? {} : { values }) }));
  const attributes = filled({
    namespace: wanted.namespace,
    verb: wanted.verb,
    group: wanted.apiGroup,
    version: apiVersion,
    resource: wanted.resource,
    subresource: wanted.subresource,
    name: wanted.name,
  });
  return {
    ...(isResourceRequest
      ? { resourceAttributes: { ...attributes, ...selectors('fieldSelector', fields), ...selectors('labelSelector', labels) } }
      : { nonResourceAttributes: filled({ path: wanted.path, verb: wanted.verb }) }),
    ...filled({ user: user.name, uid: user.uid }),
    ...(user.groups.length === 0 ? {} : { groups: user.groups }),
    ...(Object.keys(user.extra).length === 0 ? {} : { extra: { ...user.extra } }),
  };
}

function filled(texts: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}

/** Reads what a webhook sent back: a SubjectAccessReview of authorization.k8s.io. */
export function readWebhookAnswer(value: unknown): WebhookAnswer {
  const status = field(value, 'status');
  if (!(asString(field(value, 'apiVersion')) ?? '').startsWith('authorization.k8s.io/') || field(value, 'kind') !== 'SubjectAccessReview')
    return { error: 'the webhook did not answer with a SubjectAccessReview' };
  return {
    allowed: field(status, 'allowed') === true,
    denied: field(status, 'denied') === true,
    reason: asString(field(status, 'reason')) ?? '',
  };
}
