// The table of the YAML dialect, asked of the built kubectl again: offline, without a server. Rows that are block mappings at column 0 become
// part of an object; what is read is asked in one stream, what is refused in one folder.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { dialect, refused } from '../../src/kube/yaml/dialect.test.ts';
import { isObject, type JsonObject, sameJson } from '../../src/lib/json.ts';
import { folder } from '../folder.ts';
import { built, command } from './binaries.ts';

const base = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
const rows = dialect.flatMap(([, list]) => list).filter(([text]) => /^[^\s[{-]/.test(text) && /:|^\?/.test(text));
const skip = built() ? false : 'the control plane is not built';

function label(from: string, input = ''): { readonly stdout: string; readonly stderr: string } {
  const [program = '', ...leading] = command('kubectl');
  return spawnSync(program, [...leading, 'label', '--local', '-f', from, 'q=1', '-o', 'json'], { input, encoding: 'utf8' });
}

test('kubectl reads the table of the dialect as it says', { skip }, () => {
  const read = rows.filter(([, expected]) => isObject(expected));
  const { stdout } = label('-', read.map(([text]) => `${base}${text}${text.endsWith('\n') ? '' : '\n'}`).join('---\n'));
  const objects = JSON.parse(`[${stdout.replaceAll('\n}\n{', '\n},{')}]`) as JsonObject[];
  assert.equal(objects.length, read.length);
  for (const [index, [text, expected]] of read.entries()) {
    const { apiVersion: _, kind: __, metadata: ___, ...rest } = objects[index] ?? {};
    assert.ok(sameJson(rest, expected), `${JSON.stringify(text)}: ${JSON.stringify(rest)}`);
  }
});

test('kubectl refuses what the table says it refuses', { skip }, (t) => {
  const texts = rows.filter(([, expected]) => expected === refused).map(([text]) => text);
  const { stdout, stderr } = label(folder(t, Object.fromEntries(texts.map((text, index) => [`row-${index}.yaml`, base + text]))));
  assert.equal(stdout, '');
  for (const [index, text] of texts.entries()) assert.ok(stderr.includes(`/row-${index}.yaml: `), JSON.stringify(text));
});
