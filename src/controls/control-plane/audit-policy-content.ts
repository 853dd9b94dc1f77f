// What an audit policy (audit.k8s.io/v1, kube-apiserver 1.36) records, found by asking it about requests rather than by reading its rules: the
// first rule that matches a request sets the level, and no match means None. Asked are the requests of CIS 3.2.2. A fuller judgement of audit
// policies is an analysis of its own.

import type { KubeObject } from '../../kube/object.ts';
import { members } from '../../kube/pod/lower.ts';
import { asList, asString, field, type Json, type JsonObject, strings } from '../../lib/json.ts';
import { control, fail, type Outcome, objects } from '../control.ts';
import { cluster } from '../examples.ts';

interface Request {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly what: string;
  /** Levels that are right. */
  readonly wanted: readonly string[];
}

const recorded = ['Metadata', 'Request', 'RequestResponse'];
/** Bodies of these hold credentials. */
const withoutBody = ['Metadata'];

const requests: readonly Request[] = [
  { verb: 'get', group: '', resource: 'secrets', what: 'reading Secrets', wanted: withoutBody },
  { verb: 'update', group: '', resource: 'secrets', what: 'changing Secrets', wanted: withoutBody },
  { verb: 'update', group: '', resource: 'configmaps', what: 'changing ConfigMaps', wanted: recorded },
  { verb: 'create', group: 'authentication.k8s.io', resource: 'tokenreviews', what: 'token reviews', wanted: withoutBody },
  { verb: 'create', group: '', resource: 'serviceaccounts/token', what: 'issuing tokens', wanted: withoutBody },
  { verb: 'create', group: '', resource: 'pods', what: 'creating pods', wanted: recorded },
  { verb: 'update', group: 'apps', resource: 'deployments', what: 'changing Deployments', wanted: recorded },
  { verb: 'create', group: '', resource: 'pods/exec', what: 'exec into pods', wanted: recorded },
  { verb: 'create', group: '', resource: 'pods/portforward', what: 'port-forward to pods', wanted: recorded },
  { verb: 'get', group: '', resource: 'pods/proxy', what: 'proxying to pods', wanted: recorded },
  { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings', what: 'granting roles', wanted: recorded },
];

export const auditPolicyContent = control({
  id: 'control-plane/audit-policy-content',
  aliases: ['C-0161'],
  severity: 'medium',
  title: 'The audit policy records what matters and no secret',
  why: 'What the policy leaves out cannot be found out afterwards, and bodies of Secrets and tokens in the log are there for all its readers.',
  fix: 'Log Secrets and tokens at level Metadata, and changes, exec and port-forward at Metadata or more, before any rule that says None.',
  frameworks: ['cis:3.2.2', 'nsa:audit-logging', 'stig:V-242403', 'attack:T1562', 'owasp:K05'],
  on: objects('audit.k8s.io/Policy'),
  check: ({ object }) => requests.flatMap((request) => judge(object, request)),
  examples: {
    pass: () => [
      cluster(
        policy([
          { level: 'None', users: ['system:kube-proxy'], verbs: ['watch'] },
          {
            level: 'Metadata',
            resources: [
              { group: '', resources: ['secrets', 'configmaps', 'serviceaccounts/token'] },
              { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
            ],
          },
          { level: 'Request' },
        ]),
      ),
    ],
    fail: () => [
      cluster(policy([{ level: 'RequestResponse' }])),
      cluster(policy([{ level: 'Metadata', resources: [{ group: '', resources: ['secrets'] }] }])),
    ],
  },
});

function judge(object: KubeObject, request: Request): readonly Outcome[] {
  const rule = members(object.rules, '/rules').find(({ spec }) => matches(spec, request));
  const level = asString(rule?.spec.level) ?? 'None';
  if (request.wanted.includes(level)) return [];
  const path = rule === undefined ? '/rules' : `${rule.path}/level`;
  const detail =
    level === 'None' || !recorded.includes(level)
      ? `${request.what} is not recorded`
      : `${request.what} is recorded with its body (level ${level})`;
  return [fail(path, `${request.verb} ${request.resource}`, detail)];
}

/** An ordinary user's request: rules for named users do not match it, those for system:authenticated do. */
function matches(rule: JsonObject, { verb, group, resource }: Request): boolean {
  if (strings(rule.users).length > 0) return false;
  const groups = strings(rule.userGroups);
  const verbs = strings(rule.verbs);
  if (groups.length > 0 && !groups.includes('system:authenticated')) return false;
  if (verbs.length > 0 && !verbs.includes('*') && !verbs.includes(verb)) return false;
  const named = strings(rule.namespaces);
  if (named.length > 0 && !named.includes('default')) return false;
  const resources = asList(rule.resources);
  return resources.length > 0 ? resources.some((entry) => holds(entry, group, resource)) : strings(rule.nonResourceURLs).length === 0;
}

function holds(entry: Json, group: string, resource: string): boolean {
  if ((asString(field(entry, 'group')) ?? '') !== group || strings(field(entry, 'resourceNames')).length > 0) return false;
  const names = strings(field(entry, 'resources'));
  const [main, sub] = resource.split('/');
  return (
    names.length === 0 ||
    names.some((name) => name === '*' || name === resource || (sub !== undefined && (name === `${main}/*` || name === `*/${sub}`)))
  );
}

function policy(rules: readonly JsonObject[]): KubeObject {
  return { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules };
}
