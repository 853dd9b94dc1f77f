// Which flow schema a request belongs to, and so which level of priority: the first by precedence and name one of whose rules has its subject and
// what it asks for (k8s.io/apiserver pkg/util/flowcontrol, 1.36). Answers name both by UID. Nobody waits here: all are served at once.

import type { RequestInfo } from '../../identity/request-info.ts';
import type { User } from '../../identity/subjects.ts';
import { asList, asNumber, asString, dig, field, type Json, type JsonObject, strings } from '../../lib/json.ts';
import type { State } from '../store/state.ts';

export const flowGroup = 'flowcontrol.apiserver.k8s.io';

export interface FlowSchemas {
  /** `x-kubernetes-pf-*`; nothing where no schema is there. */
  readonly headersOf: (user: User, info: RequestInfo) => Readonly<Record<string, string>>;
}

interface FlowSchema {
  readonly rules: readonly Rule[];
  readonly headers: Readonly<Record<string, string>>;
}

interface Rule {
  readonly subjects: readonly Json[];
  readonly resources: readonly ResourceRule[];
  readonly others: readonly { readonly verbs: readonly string[]; readonly urls: readonly string[] }[];
}

interface ResourceRule {
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly clusterScope: boolean;
  readonly namespaces: readonly string[];
}

const none = {};

/** The flow schemas of a state, as they are now. */
export function flowSchemasOf(state: State): FlowSchemas {
  const levels = new Map(
    state
      .list({ group: flowGroup, resource: 'prioritylevelconfigurations' })
      .map((level) => [dig(level, 'metadata', 'name'), uidOf(level)]),
  );
  const precedence = (schema: JsonObject) => asNumber(dig(schema, 'spec', 'matchingPrecedence')) ?? 1000;
  const schemas = [...state.list({ group: flowGroup, resource: 'flowschemas' })]
    .sort((a, b) => precedence(a) - precedence(b))
    .map(
      (schema): FlowSchema => ({
        rules: asList(dig(schema, 'spec', 'rules')).map(ruleOf),
        headers: {
          'x-kubernetes-pf-flowschema-uid': uidOf(schema),
          'x-kubernetes-pf-prioritylevel-uid': levels.get(dig(schema, 'spec', 'priorityLevelConfiguration', 'name')) ?? '',
        },
      }),
    );
  return {
    headersOf: (user, info) => schemas.find(({ rules }) => rules.some((rule) => covers(rule, user, info)))?.headers ?? none,
  };
}

function uidOf(object: JsonObject): string {
  return asString(dig(object, 'metadata', 'uid')) ?? '';
}

function ruleOf(rule: Json): Rule {
  return {
    subjects: asList(field(rule, 'subjects')),
    resources: asList(field(rule, 'resourceRules')).map((each) => ({
      verbs: strings(field(each, 'verbs')),
      groups: strings(field(each, 'apiGroups')),
      resources: strings(field(each, 'resources')),
      clusterScope: field(each, 'clusterScope') === true,
      namespaces: strings(field(each, 'namespaces')),
    })),
    others: asList(field(rule, 'nonResourceRules')).map((each) => ({
      verbs: strings(field(each, 'verbs')),
      urls: strings(field(each, 'nonResourceURLs')),
    })),
  };
}

function covers({ subjects, resources, others }: Rule, user: User, info: RequestInfo): boolean {
  if (!subjects.some((subject) => isSubject(subject, user))) return false;
  if (!info.isResourceRequest)
    return others.some(({ verbs, urls }) => has(verbs, info.verb) && urls.some((url) => isUnder(url, info.path)));
  const wanted = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
  return resources.some(
    (rule) =>
      has(rule.verbs, info.verb) &&
      has(rule.resources, wanted) &&
      has(rule.groups, info.apiGroup) &&
      (info.namespace === '' ? rule.clusterScope : has(rule.namespaces, info.namespace)),
  );
}

function isSubject(subject: Json, { name, groups }: User): boolean {
  switch (field(subject, 'kind')) {
    case 'User': {
      const wanted = dig(subject, 'user', 'name');
      return wanted === '*' || wanted === name;
    }
    case 'Group': {
      const wanted = dig(subject, 'group', 'name');
      return wanted === '*' || (typeof wanted === 'string' && groups.includes(wanted));
    }
    case 'ServiceAccount': {
      const of = `system:serviceaccount:${asString(dig(subject, 'serviceAccount', 'namespace')) ?? ''}:`;
      const account = dig(subject, 'serviceAccount', 'name');
      return account === '*' ? name.startsWith(of) : name === `${of}${String(account)}`;
    }
    default:
      return false;
  }
}

function has(list: readonly string[], value: string): boolean {
  return (list.length === 1 && list[0] === '*') || list.includes(value);
}

function isUnder(url: string, path: string): boolean {
  if (url === '*' || url === path) return true;
  const start = url.replace(/\*$/, '');
  return path.startsWith(start.endsWith('/') ? start : `${start}/`);
}
