// Rules of names, as rows: what each takes and what it refuses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asPrefix,
  configKey,
  decimalInteger,
  dns1035Label,
  dnsLabel,
  dnsSubdomain,
  environmentVariableName,
  httpHeaderName,
  labelValue,
  type NameRule,
  pathSegment,
  percent,
  portName,
  qualifiedName,
  wildcardDnsSubdomain,
} from './names.ts';

const rules: readonly (readonly [string, NameRule, readonly string[], readonly string[]])[] = [
  ['label', dnsLabel, ['a', 'a-1', '0', 'a'.repeat(63)], ['', 'A', '-a', 'a-', 'a.b', 'ä', 'a\n', 'a'.repeat(64)]],
  ['subdomain', dnsSubdomain, ['a.b-c.d', `${'a'.repeat(63)}.${'b'.repeat(189)}`], ['', '.a', 'a..b', 'a_b', 'a'.repeat(254)]],
  ['1035 label', dns1035Label, ['a', 'a-1'], ['', '1a', 'a.b', 'A']],
  ['wildcard', wildcardDnsSubdomain, ['*.a', '*.a.b'], ['*', '*.', 'a.b', '*a.b', '*.*.a']],
  ['qualified name', qualifiedName, ['a', 'A_b.c', 'x.example/Y'], ['', '/a', 'x.example/', 'a/b/c', 'X/y', '-a', 'a'.repeat(64)]],
  ['label value', labelValue, ['', 'a', 'A.b_c-d'], ['-', 'a b', '.a', 'a'.repeat(64)]],
  ['path segment', pathSegment, ['a:b', 'A'], ['.', '..', 'a/b', 'a%b']],
  ['port name', portName, ['http', '8a'], ['', '80', 'a--b', '-a', 'a'.repeat(16), 'A']],
  ['percent', percent, ['0%', '100%', '250%'], ['', '%', '10', '-1%', '1.5%']],
  ['header', httpHeaderName, ['X-A', 'a'], ['', 'a b', 'a:', 'a_b']],
  ['key of data', configKey, ['a.b', '.a', 'A_'], ['', '.', '..', '..a', 'a/b']],
  ['integer', decimalInteger, ['0', '-1', '12'], ['', '01', '1.0', '+1']],
  ['variable', (name) => environmentVariableName(name, false), ['A_B', 'a.b', '-a'], ['', '1a', 'a=b', '.', '..']],
  ['relaxed variable', (name) => environmentVariableName(name, true), ['1a', 'a b', '~'], ['', 'a=b', 'a\n', 'ä']],
];
for (const [name, rule, good, bad] of rules)
  test(`${name}: takes ${good.length}, refuses ${bad.length}`, () => {
    for (const value of good) assert.deepEqual(rule(value), [], value);
    for (const value of bad) assert.notDeepEqual(rule(value), [], value);
  });

test('a name that is only a prefix may end in a dash', () => assert.deepEqual(dnsLabel(asPrefix('web-')), []));
