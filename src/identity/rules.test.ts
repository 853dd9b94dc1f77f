import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type PolicyRule, readRule, request, ruleAllows } from './rules.ts';

const row = (verbs: string, groups: string, resources: string, names = '', urls = ''): PolicyRule => {
  const list = (text: string) => (text === '' ? [] : text.split(' ').map((word) => (word === 'core' ? '' : word)));
  return {
    verbs: list(verbs),
    apiGroups: list(groups),
    resources: list(resources),
    resourceNames: list(names),
    nonResourceURLs: list(urls),
  };
};

describe('a rule of', () => {
  const table: readonly [rule: PolicyRule, says: string, verb: string, group: string, resource: string, name: string, allowed: boolean][] =
    [
      [row('get', 'core', 'pods'), 'pods allows pods', 'get', '', 'pods', '', true],
      [row('get', 'core', 'pods'), 'pods does not allow pods/exec', 'get', '', 'pods/exec', '', false],
      [row('get', 'core', 'Pods'), 'Pods does not allow pods', 'get', '', 'pods', '', false],
      [row('GET', 'core', 'pods'), 'GET does not allow get', 'get', '', 'pods', '', false],
      [row('*', 'core', 'pods'), 'every verb allows escalate', 'escalate', '', 'pods', '', true],
      [row('get', 'apps', 'pods'), 'apps does not allow pods of the core group', 'get', '', 'pods', '', false],
      [row('get', '*', 'pods'), 'every group allows the core group', 'get', '', 'pods', '', true],
      [row('get', 'v1', 'pods'), 'v1 is no name of the core group', 'get', '', 'pods', '', false],
      [row('create', 'core', '*'), 'every resource allows pods/exec', 'create', '', 'pods/exec', '', true],
      [row('create', 'core', '*/exec'), '*/exec allows pods/exec', 'create', '', 'pods/exec', '', true],
      [row('create', 'core', '*/exec'), '*/exec does not allow pods', 'create', '', 'pods', '', false],
      [row('create', 'core', '*/exec'), '*/exec does not allow pods/attach', 'create', '', 'pods/attach', '', false],
      [row('create', 'core', 'pods/*'), 'pods/* does not allow pods/exec', 'create', '', 'pods/exec', '', false],
      [row('create', 'core', 'pods/*'), 'pods/* does not allow pods', 'create', '', 'pods', '', false],
      [row('create', 'core', '*/*'), '*/* does not allow pods/exec', 'create', '', 'pods/exec', '', false],
      [row('get', 'core', 'secrets', 'a'), 'a named Secret allows it', 'get', '', 'secrets', 'a', true],
      [row('get', 'core', 'secrets', 'a'), 'a named Secret does not allow another', 'get', '', 'secrets', 'b', false],
      [
        row('create', 'core', 'secrets', 'a'),
        'a named Secret does not allow creation, which has no name',
        'create',
        '',
        'secrets',
        '',
        false,
      ],
      [row('list', 'core', 'secrets', 'a'), 'a named Secret allows the list of that name', 'list', '', 'secrets', 'a', true],
      [row('get', '', 'pods'), 'no group allows nothing', 'get', '', 'pods', '', false],
    ];
  for (const [rule, says, verb, group, resource, name, allowed] of table)
    test(says, () => assert.equal(ruleAllows(rule, request(verb, group, resource, { name })), allowed));
});

describe('a rule of paths', () => {
  const table: readonly [urls: string, path: string, allowed: boolean][] = [
    ['*', '/metrics', true],
    ['/metrics', '/metrics', true],
    ['/metrics', '/metrics/cadvisor', false],
    ['/apis/*', '/apis/apps', true],
    ['/apis/*', '/apis/', true],
    ['/apis/*', '/apis', false],
    ['/apis*', '/apis', true],
    ['/api/*/pods', '/api/v1/pods', false],
    ['/healthz**', '/healthz/ping', true],
  ];
  for (const [urls, path, allowed] of table)
    test(`${urls} ${allowed ? 'allows' : 'does not allow'} ${path}`, () =>
      assert.equal(ruleAllows(row('get', '', '', '', urls), { ...request('get', '', ''), path }), allowed));
});

test('odd shapes grant nothing', () => {
  for (const value of [undefined, null, 7, 'x', [], { verbs: 'get', resources: { pods: true }, apiGroups: [null, 1] }])
    assert.equal(ruleAllows(readRule(value), request('get', '', 'pods')), false);
});

/** RuleAllows of kubernetes/plugin/pkg/auth/authorizer/rbac, word by word. */
function reference(rule: PolicyRule, verb: string, group: string, resource: string, sub: string, name: string): boolean {
  const combined = sub === '' ? resource : `${resource}/${sub}`;
  const verbOk = rule.verbs.some((entry) => entry === '*' || entry === verb);
  const groupOk = rule.apiGroups.some((entry) => entry === '*' || entry === group);
  const nameOk = rule.resourceNames.length === 0 || rule.resourceNames.some((entry) => entry === name);
  let resourceOk = false;
  for (const entry of rule.resources) {
    if (entry === '*' || entry === combined) resourceOk = true;
    else if (sub !== '' && entry.length === sub.length + 2 && entry.startsWith('*/') && entry.endsWith(sub)) resourceOk = true;
  }
  return verbOk && groupOk && resourceOk && nameOk;
}

test('random rules agree with the reference, and more entries never allow less', () => {
  const some = (...words: string[]) => fc.array(fc.constantFrom(...words), { maxLength: 3 });
  const verbs = some('get', 'create', '*', 'bind');
  const groups = some('', 'apps', '*');
  const resources = some('pods', 'pods/exec', '*/exec', 'pods/*', '*', '*/*', 'secrets');
  const names = some('a', 'b', '');
  fc.assert(
    fc.property(
      verbs,
      groups,
      resources,
      names,
      fc.constantFrom('get', 'create', 'bind', '*'),
      fc.constantFrom('', 'apps'),
      fc.constantFrom('pods', 'secrets', 'exec'),
      fc.constantFrom('', 'exec', 'status'),
      fc.constantFrom('', 'a', 'c'),
      (ruleVerbs, apiGroups, ruleResources, resourceNames, verb, group, resource, sub, name) => {
        const rule = { verbs: ruleVerbs, apiGroups, resources: ruleResources, resourceNames, nonResourceURLs: [] };
        const wanted = request(verb, group, sub === '' ? resource : `${resource}/${sub}`, { name });
        assert.equal(ruleAllows(rule, wanted), reference(rule, verb, group, resource, sub, name));
        const wider = { ...rule, verbs: [...ruleVerbs, 'x'], resources: [...ruleResources, 'y'], apiGroups: [...apiGroups, 'z'] };
        if (ruleAllows(rule, wanted)) assert.ok(ruleAllows(wider, wanted));
      },
    ),
    { numRuns: 2000 },
  );
});
