import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubernetesEnvironment } from './kubernetes.ts';
import { namesOf } from './names.ts';

const names = (minor?: number) => namesOf(kubernetesEnvironment(minor));
const of = (wanted: string, minor?: number) => names(minor).filter(({ name }) => name === wanted);

test('a function and a method of one name stand beside each other', () => {
  assert.deepEqual(
    of('matches').map(({ kind, signatures }) => [kind, ...signatures]),
    [
      ['function', 'matches(string, string) -> bool'],
      ['method', 'string.matches(string) -> bool'],
    ],
  );
});

test('macros have a signature for each number of arguments', () => {
  assert.deepEqual(
    of('all').map(({ kind, member, signatures }) => [kind, member, ...signatures]),
    [['macro', true, '_.all(variable, expression)', '_.all(index, variable, expression)']],
  );
  assert.deepEqual(of('has')[0]?.signatures, ['has(expression)']);
});

test('names are those of the version, and operators are none', () => {
  assert.equal(of('isSemver', 32).length, 0);
  assert.equal(of('isSemver', 33).length, 1);
  assert.ok(names().every(({ name }) => !/[_@!]_|^_/.test(name)));
});

test('every function that can be called by name is there', () => {
  const environment = kubernetesEnvironment();
  const listed = new Set(names().map(({ name }) => name));
  const missing = [...environment.functions.keys()].filter((name) => /^[a-z][a-z0-9.]*$/i.test(name) && !listed.has(name));
  assert.deepEqual(missing, []);
});
