import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupsWith, isAskedInNamespace, isBuiltInGroup, isServed, nearestResource, scopeOf } from './resources.ts';

test('resources are known by group, subresources by their parent', () => {
  const table: readonly [group: string, resource: string, scope: string | undefined][] = [
    ['', 'pods', 'namespaced'],
    ['', 'pods/exec', 'namespaced'],
    ['', 'nodes/proxy', 'cluster'],
    ['', 'pod', undefined],
    ['', 'networkpolicies', undefined],
    ['networking.k8s.io', 'networkpolicies', 'namespaced'],
    ['shop.example.com', 'orders', undefined],
    ['constructor', 'pods', undefined],
  ];
  for (const [group, resource, scope] of table) assert.equal(scopeOf(group, resource), scope, `${group}/${resource}`);
  assert.equal(isBuiltInGroup(''), true);
  assert.equal(isBuiltInGroup('toString'), false);
});

test('a name that was nearly right is put right', () => {
  assert.equal(nearestResource('', 'pod'), 'pods');
  assert.equal(nearestResource('', 'Pods/exec'), 'pods/exec');
  assert.equal(nearestResource('networking.k8s.io', 'networkpolicy'), 'networkpolicies');
  assert.equal(nearestResource('networking.k8s.io', 'ingress'), 'ingresses');
  assert.equal(nearestResource('', 'orders'), undefined);
  assert.deepEqual(groupsWith('networkpolicies'), ['extensions', 'networking.k8s.io']);
});

test('verbs are those that the API server serves or asks for', () => {
  const table: readonly [group: string, resource: string, verb: string, served: boolean][] = [
    ['', 'pods', 'list', true],
    ['', 'pods', 'escalate', false],
    ['', 'pods/log', 'get', true],
    ['', 'pods/log', 'delete', false],
    ['', 'nodes/proxy', 'delete', true],
    ['', 'serviceaccounts', 'impersonate', true],
    ['', 'secrets', 'impersonate', false],
    ['rbac.authorization.k8s.io', 'roles', 'bind', true],
    ['rbac.authorization.k8s.io', 'rolebindings', 'bind', false],
    ['authentication.k8s.io', 'users', 'impersonate:user-info', true],
  ];
  for (const [group, resource, verb, served] of table)
    assert.equal(isServed(group, resource, verb), served, `${verb} ${group}/${resource}`);
});

test('some requests about cluster-scoped resources are asked in a namespace', () => {
  const rbac = 'rbac.authorization.k8s.io';
  const table: readonly [verb: string, group: string, resource: string, asked: boolean][] = [
    ['get', '', 'pods', true],
    ['get', '', 'nodes', false],
    ['create', '', 'nodes/proxy', false],
    ['get', '', 'namespaces', true],
    ['update', '', 'namespaces/finalize', true],
    ['list', '', 'namespaces', false],
    ['create', '', 'namespaces', false],
    ['bind', rbac, 'clusterroles', true],
    ['escalate', rbac, 'clusterroles', false],
    ['get', 'shop.example.com', 'orders', true],
  ];
  for (const [verb, group, resource, asked] of table)
    assert.equal(isAskedInNamespace(verb, group, resource), asked, `${verb} ${group}/${resource}`);
});
