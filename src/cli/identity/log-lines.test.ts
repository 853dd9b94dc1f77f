import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { folder } from '../../../test/folder.ts';
import { logLines, valuesOf } from './log-lines.ts';

test('a line holds one value, several, or one after its time', () => {
  const table: readonly [says: string, line: string, values: readonly object[] | undefined][] = [
    ['one', '{"a":1}', [{ a: 1 }]],
    ['a list', '[{"a":1}]', [[{ a: 1 }]]],
    ['several side by side', '{"a":"}{"}{"b":[{}]} {"c":"\\""}', [{ a: '}{' }, { b: [{}] }, { c: '"' }]],
    ['one after the time of an export', '2026-05-01T10:00:00.000Z {"a":1}', [{ a: 1 }]],
    ['a number is no record', '5', undefined],
    ['one that does not end', '{"a":1}{"b":', undefined],
    ['no JSON', 'a }{ b', undefined],
  ];
  for (const [says, line, values] of table) assert.deepEqual(valuesOf(line), values, says);
});

test('lines are read as they are kept', async (t) => {
  const cut = gzipSync(Array.from({ length: 3000 }, (_, index) => `{"a":${index * 7919}}`).join('\n')).subarray(0, 4000);
  const place = folder(t, {
    'plain.log': '\uFEFF{"a":1}\r\n\n{"b":2}\n',
    'packed.log': gzipSync('{"a":1}\n{"b":2}\n'),
    'runtime.log': '2026-05-01T10:00:00Z stdout P {"a"\n2026-05-01T10:00:00Z stdout F :1}\n2026-05-01T10:00:00Z stdout F {"b":2}\n',
    'empty.log': '',
    'cut.log': cut,
  });
  const lines = async (file: string) => {
    const found: string[] = [];
    for await (const line of logLines(join(place, file))) found.push(line);
    return found;
  };
  for (const file of ['plain.log', 'packed.log', 'runtime.log']) assert.deepEqual(await lines(file), ['{"a":1}', '{"b":2}'], file);
  assert.deepEqual(await lines('empty.log'), []);
  await assert.rejects(lines('cut.log'), /unexpected end of file/);
  await assert.rejects(lines('gone.log'), /ENOENT/);
});
