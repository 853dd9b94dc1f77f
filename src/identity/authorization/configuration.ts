// The authorizers of an API server in their order: AuthorizationConfiguration, apiserver.config.k8s.io/v1alpha1 to v1 (KEP-3221, general from
// Kubernetes 1.32), or `--authorization-mode`. What the API server would not start with is a problem; the authorizer it is about is left out.
// Left out: time limits, caches and connections of webhooks, which do not change who may do what.

import { compile, type Program } from '../../languages/cel/program.ts';
import { asList, asString, field, isObject, type Json } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { requestEnvironment } from './match-conditions.ts';

export interface WebhookAuthorizer {
  readonly kind: 'Webhook';
  readonly name: string;
  /** What a webhook that cannot be asked, or a condition that cannot be evaluated, stands for. */
  readonly failurePolicy: 'NoOpinion' | 'Deny';
  /** All must hold for the webhook to be asked. */
  readonly conditions: readonly Program[];
}

export type AuthorizerEntry =
  | WebhookAuthorizer
  | { readonly kind: 'Node' | 'RBAC' | 'ABAC' | 'AlwaysAllow' | 'AlwaysDeny'; readonly name: string };

export interface AuthorizationConfiguration {
  readonly authorizers: readonly AuthorizerEntry[];
  readonly problems: readonly Problem[];
}

/** The order of nearly every cluster. */
export const usualAuthorizers: readonly AuthorizerEntry[] = [
  { kind: 'Node', name: 'node' },
  { kind: 'RBAC', name: 'rbac' },
];

const versions = ['v1alpha1', 'v1beta1', 'v1'].map((version) => `apiserver.config.k8s.io/${version}`);

/** Reads a configuration; `file` stands in the problems. */
export function readAuthorizationConfiguration(value: unknown, file: string, minor?: number): AuthorizationConfiguration {
  const problems: Problem[] = [];
  const bad = (message: string) => {
    problems.push(problem('config/invalid', `${file}: ${message}`));
    return undefined;
  };
  if (!isObject(value) || !versions.includes(asString(value.apiVersion) ?? '') || value.kind !== 'AuthorizationConfiguration') {
    bad('not an AuthorizationConfiguration of apiserver.config.k8s.io');
    return { authorizers: [], problems };
  }
  const authorizers: AuthorizerEntry[] = [];
  const names = new Set<string>();
  for (const [index, one] of asList(value.authorizers).entries()) {
    const name = asString(field(one, 'name')) ?? '';
    const place = `authorizers[${index}]`;
    if (name === '' || names.has(name)) bad(`${place}.name: a name of its own is needed`);
    names.add(name);
    const kind = asString(field(one, 'type')) ?? '';
    if (kind === 'Webhook') {
      const webhook = readWebhook(one, name, (message) => bad(`${place}.${message}`), minor);
      if (webhook !== undefined) authorizers.push(webhook);
    } else if (isBuiltIn(kind)) {
      if (authorizers.some((other) => other.kind === kind)) bad(`${place}.type: Duplicate value: "${kind}"`);
      else authorizers.push({ kind, name });
    } else bad(`${place}.type: no authorizer of this type`);
  }
  if (asList(value.authorizers).length === 0) bad('authorizers: at least one authorization mode must be defined');
  return { authorizers, problems };
}

function isBuiltIn(kind: string): kind is Exclude<AuthorizerEntry['kind'], 'Webhook'> {
  return ['Node', 'RBAC', 'ABAC', 'AlwaysAllow', 'AlwaysDeny'].includes(kind);
}

function readWebhook(
  value: Json,
  name: string,
  bad: (message: string) => undefined,
  minor: number | undefined,
): WebhookAuthorizer | undefined {
  const webhook = field(value, 'webhook');
  const failurePolicy = asString(field(webhook, 'failurePolicy')) ?? '';
  if (failurePolicy !== 'NoOpinion' && failurePolicy !== 'Deny') return bad('webhook.failurePolicy: NoOpinion or Deny is needed');
  const conditions = asList(field(webhook, 'matchConditions')).map((condition, index) => {
    const compiled = compile(asString(field(condition, 'expression')) ?? '', requestEnvironment(minor));
    if (compiled.ok) return compiled.program;
    return bad(`webhook.matchConditions[${index}].expression: ${compiled.issues.map(({ message }) => message).join('; ')}`);
  });
  if (conditions.some((condition) => condition === undefined)) return undefined;
  return { kind: 'Webhook', name, failurePolicy, conditions: conditions.filter((condition) => condition !== undefined) };
}

/** The authorizers of `--authorization-mode=Node,RBAC`. A webhook of that flag fails to no opinion and is asked everything. */
export function readAuthorizationModes(text: string): AuthorizationConfiguration {
  const problems: Problem[] = [];
  const authorizers = text
    .split(',')
    .map((mode) => mode.trim())
    .flatMap((mode): readonly AuthorizerEntry[] => {
      if (mode === 'Webhook') return [{ kind: 'Webhook', name: 'default', failurePolicy: 'NoOpinion', conditions: [] }];
      if (isBuiltIn(mode)) return [{ kind: mode, name: mode.toLowerCase() }];
      problems.push(problem('usage/bad-flag', `no authorization mode ${JSON.stringify(mode)}`));
      return [];
    });
  return { authorizers, problems };
}
