// Attribute-based access control: the policy file of `--authorization-mode=ABAC`, one JSON object a line (Kubernetes 1.36,
// pkg/auth/authorizer/abac). Lines without a version are the old form, where what is empty means everything and an empty subject every
// authenticated user. A policy can only allow. Subresources are not told from their resources.

import { asString, field, isObject } from '../lib/json.ts';
import { type Problem, problem } from '../lib/problem.ts';
import { withoutEnd } from '../lib/text.ts';
import type { PolicyRule, RequestAttributes } from './rules.ts';
import type { User } from './subjects.ts';

export interface AbacPolicy {
  readonly user: string;
  readonly group: string;
  readonly readonly: boolean;
  readonly apiGroup: string;
  readonly resource: string;
  readonly namespace: string;
  readonly nonResourcePath: string;
}

const authenticated = 'system:authenticated';
const v1beta1 = 'abac.authorization.kubernetes.io/v1beta1';

/** Reads a policy file. Lines that are no policy are problems; the API server would not start with one. */
export function readAbac(text: string, file: string): { readonly policies: readonly AbacPolicy[]; readonly problems: readonly Problem[] } {
  const policies: AbacPolicy[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const policy = readAbacPolicy(parsed(trimmed));
    if (policy !== undefined) policies.push(policy);
    else problems.push(problem('json/syntax', 'this line is no ABAC policy', { file, line: index + 1, column: 1 }));
  }
  return { policies, problems };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Reads one policy; undefined for what is none. */
export function readAbacPolicy(value: unknown): AbacPolicy | undefined {
  if (!isObject(value)) return undefined;
  const version = asString(field(value, 'apiVersion')) ?? '';
  if (version !== '' && (version !== v1beta1 || field(value, 'kind') !== 'Policy')) return undefined;
  const spec = version === '' ? value : field(value, 'spec');
  const text = (key: string) => asString(field(spec, key)) ?? '';
  const read: AbacPolicy = {
    user: text('user'),
    group: text('group'),
    readonly: field(spec, 'readonly') === true,
    apiGroup: text('apiGroup'),
    resource: text('resource'),
    namespace: text('namespace'),
    nonResourcePath: text('nonResourcePath'),
  };
  const everybody = read.user === '*' || read.group === '*';
  const subject = everybody ? { user: '', group: authenticated } : {};
  if (version !== '') return { ...read, ...subject };
  return {
    ...read,
    group: read.user === '' && read.group === '' ? authenticated : read.group,
    ...subject,
    apiGroup: '*',
    resource: read.resource === '' ? '*' : read.resource,
    namespace: read.namespace === '' ? '*' : read.namespace,
    nonResourcePath: read.namespace === '' && read.resource === '' ? '*' : '',
  };
}

/** True where the policy is about this user. User and group must both match where both are given. */
export function abacSubjectMatches(policy: AbacPolicy, user: User): boolean {
  if (policy.user === '' && policy.group === '') return false;
  return (policy.user === '' || policy.user === user.name) && (policy.group === '' || user.groups.includes(policy.group));
}

/** True where the policy allows the request: one for a resource, unless it names none. */
export function abacAllows(policy: AbacPolicy, user: User, wanted: RequestAttributes, isResourceRequest = wanted.resource !== ''): boolean {
  if (!abacSubjectMatches(policy, user)) return false;
  if (policy.readonly && !['get', 'list', 'watch'].includes(wanted.verb)) return false;
  if (isResourceRequest)
    return is(policy.namespace, wanted.namespace) && is(policy.resource, wanted.resource) && is(policy.apiGroup, wanted.apiGroup);
  const own = policy.nonResourcePath;
  return own === '*' || own === wanted.path || (own.endsWith('*') && wanted.path.startsWith(withoutEnd(own, '*')));
}

function is(own: string, wanted: string): boolean {
  return own === '*' || own === wanted;
}

/** What a user may do in a namespace, as rules. */
export function abacRules(policies: readonly AbacPolicy[], user: User, namespace: string): readonly PolicyRule[] {
  return policies
    .filter((policy) => abacSubjectMatches(policy, user))
    .flatMap((policy) => {
      const rule = { verbs: policy.readonly ? ['get', 'list', 'watch'] : ['*'], resourceNames: [] };
      const resources = { ...rule, apiGroups: [policy.apiGroup], resources: [policy.resource], nonResourceURLs: [] };
      const urls = { ...rule, apiGroups: [], resources: [], nonResourceURLs: [policy.nonResourcePath] };
      return [
        ...(policy.resource !== '' && is(policy.namespace, namespace) ? [resources] : []),
        ...(policy.nonResourcePath === '' ? [] : [urls]),
      ];
    });
}
