// What is left of a Secret: its names, never its values, in no encoding and no corner.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../kube/object.ts';
import { dig } from '../lib/json.ts';
import { readRedacted } from '../snapshot/redacted.ts';
import { redactor } from './secrets.ts';

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function secret(data: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', annotations }, data };
}

test('equal values have equal numbers, whichever field and Secret they are in', () => {
  const redact = redactor();
  const first = redact(secret({ a: base64('one'), b: base64('two') }));
  const second = redact({ ...secret({ c: base64('two') }), stringData: { d: 'one', e: 'three' } });
  assert.deepEqual(first.data, { a: 'redacted:1:3', b: 'redacted:2:3' });
  assert.deepEqual(second.data, { c: 'redacted:2:3' });
  assert.deepEqual(second.stringData, { d: 'redacted:1:3', e: 'redacted:3:5' });
});

test('copies in annotations go too, by name or by what they hold; other annotations stay', () => {
  const value = 'hunter2-hunter2';
  const redact = redactor();
  const left = redact(
    secret(
      { password: base64(value) },
      {
        'kubectl.kubernetes.io/last-applied-configuration': '{"kind":"Secret"}',
        'tool.test/copy': `{"data":"${base64(value)}"}`,
        'tool.test/plain': `password=${value}`,
        'team.test/owner': 'payments',
      },
    ),
  );
  const annotations = dig(left, 'metadata', 'annotations');
  assert.deepEqual(
    Object.entries(annotations ?? {}).map(([key, text]) => [key, readRedacted(text) !== undefined]),
    [
      ['kubectl.kubernetes.io/last-applied-configuration', true],
      ['tool.test/copy', true],
      ['tool.test/plain', true],
      ['team.test/owner', false],
    ],
  );
});

test('odd shapes: values that are no text, keys that are special, data that is no mapping', () => {
  const redact = redactor();
  const odd = redact({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    data: JSON.parse('{"__proto__":"YQ==","n":7,"o":{"deep":"x"},"l":null}'),
  });
  assert.deepEqual(Object.keys(odd.data ?? {}), ['__proto__', 'n', 'o', 'l']);
  for (const text of Object.values(odd.data ?? {})) assert.ok(readRedacted(text) !== undefined, String(text));
  assert.deepEqual(redact({ apiVersion: 'v1', kind: 'Secret', data: 'text' }).data, {});
  assert.deepEqual(redact({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } }).data, { a: 'b' });
});

test('marks that are there already stay, so that a snapshot of a snapshot is the same', () => {
  const once = redactor()(secret({ a: base64('one'), b: base64('one') }));
  assert.deepEqual(redactor(5)(once), once);
});

test('no value survives in any form', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ minLength: 12, maxLength: 40 })), (values) => {
      const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, base64(value)]));
      const copy = { 'x.test/y': JSON.stringify(data) };
      const text = JSON.stringify(redactor()(secret(data, copy)));
      for (const value of Object.values(values))
        assert.ok(!text.includes(base64(value)) && !text.includes(JSON.stringify(value).slice(1, -1)));
    }),
  );
});
