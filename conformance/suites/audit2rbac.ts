// audit2rbac: the least RBAC for recorded requests. Rights are compared, not rules: how rules are merged is nobody's business.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allows } from '../../src/identity/access-review.ts';
import { auditedAttributes } from '../../src/identity/audit-requests.ts';
import { minimalRules } from '../../src/identity/minimize.ts';
import { subjectOf } from '../../src/identity/plan.ts';
import type { RequestAttributes } from '../../src/identity/rules.ts';
import type { User } from '../../src/identity/subjects.ts';
import { isKubeObject } from '../../src/kube/object.ts';
import { asList, asString, field, type Json, type JsonObject, sameJson, strings } from '../../src/lib/json.ts';
import { resource, type Snapshot, snapshot } from '../../src/snapshot/snapshot.ts';
import { type CaseResult, json, jsonLines, type Suite } from '../suite.ts';

interface Case {
  readonly id: string;
  readonly kind: 'attributes' | 'generate' | 'log';
  readonly existing: string;
  readonly user: string;
  readonly log: string;
  readonly events: number;
  readonly event: Json;
  readonly requests: readonly Json[];
  readonly options: { readonly expandNames: boolean; readonly expandNamespaces: boolean };
  readonly expect: JsonObject;
}

export const audit2rbac: Suite = {
  name: 'audit2rbac',
  async *run(folder) {
    for await (const one of jsonLines<Case>(folder, 'cases.jsonl')) {
      const detail = one.kind === 'attributes' ? judgeAttributes(one) : judgeRights(one, folder);
      yield { id: one.id, passed: detail === undefined, ...(detail === undefined ? {} : { detail }) } satisfies CaseResult;
    }
  },
};

function judgeAttributes(one: Case): string | undefined {
  const { verb, apiGroup, resource: plural, subresource, namespace, name, path } = auditedAttributes(one.event);
  const user = callerOf(one.event);
  const expected = field(one.expect, 'attributes') ?? field(one.expect, 'request') ?? one.expect;
  const found: JsonObject = { verb, apiGroup, resource: plural, subresource, namespace, name };
  const wrong = Object.keys(found).filter((key) => !sameJson(found[key], field(expected, key) ?? ''));
  if (field(expected, 'path') !== undefined && field(expected, 'path') !== path) wrong.push('path');
  if (field(expected, 'user') !== undefined && field(field(expected, 'user'), 'name') !== user.name) wrong.push('user');
  return wrong.length === 0 ? undefined : `${wrong.join(', ')}: ${JSON.stringify(found)}`;
}

function judgeRights(one: Case, folder: string): string | undefined {
  const { user, requests } = one.kind === 'log' ? fromLog(one, folder) : fromCase(one);
  if (one.kind === 'log' && requests.length !== one.events) return `${requests.length} events, not ${one.events}`;
  const existing = existingRbac(folder, one.existing);
  const widening = { verbs: true, names: one.options.expandNames, namespaces: one.options.expandNamespaces };
  const rules = minimalRules(requests, (wanted) => allows(existing, user, wanted), widening);
  const rights = [...rules].flatMap(([namespace, list]) =>
    list.flatMap(({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }) =>
      verbs.flatMap((verb) => [
        ...nonResourceURLs.map((url) => `|${url}|${verb}`),
        ...apiGroups.flatMap((group) =>
          resources.flatMap((plural) =>
            (resourceNames.length === 0 ? [''] : resourceNames).map((name) => `${namespace}|${group}|${plural}|${name}|${verb}`),
          ),
        ),
      ]),
    ),
  );
  const [found, expected] = [[...new Set(rights)].sort(), [...strings(one.expect.rights)].sort()];
  if (!sameJson(found, expected)) return `${JSON.stringify(found)}, not ${JSON.stringify(expected)}`;
  const subject = one.expect.subject;
  return subject === undefined || sameJson(subjectOf(user.name), subject) ? undefined : 'another subject';
}

interface Asked {
  readonly user: User;
  readonly requests: readonly RequestAttributes[];
}

function fromCase(one: Case): Asked {
  const user = field(one.requests[0], 'user');
  const text = (value: Json, key: string) => asString(field(value, key)) ?? '';
  return {
    user: { name: asString(field(user, 'name')) ?? '', groups: strings(field(user, 'groups')) },
    requests: one.requests.map((value) => ({
      verb: text(value, 'verb'),
      apiGroup: text(value, 'apiGroup'),
      resource: text(value, 'resource'),
      subresource: text(value, 'subresource'),
      namespace: text(value, 'namespace'),
      name: text(value, 'name'),
      path: text(value, 'path'),
    })),
  };
}

function callerOf(event: Json): User {
  const user = field(event, 'impersonatedUser') ?? field(event, 'user');
  return { name: asString(field(user, 'username')) ?? '', groups: strings(field(user, 'groups')) };
}

function fromLog(one: Case, folder: string): Asked {
  const lines = readFileSync(join(folder, one.log), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const events = lines.map((line) => JSON.parse(line) as Json).filter((event) => callerOf(event).name === one.user);
  return { user: callerOf(events[0] ?? null), requests: events.map(auditedAttributes) };
}

function existingRbac(folder: string, file: string): Snapshot {
  const items = asList(json<JsonObject>(folder, file).items).filter(isKubeObject);
  return snapshot({ resources: items.map((object) => resource(object, { kind: 'memory' })) });
}
