// Files of flows: plain, gzipped, one document, damaged, endless lines. Nothing is lost that can be read, and places are told.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ReadLine } from '../network/flows/read.ts';
import { maxLine, readFlows } from './flows.ts';

const folder = mkdtempSync(join(tmpdir(), 'cofferdam-flows-'));
after(() => rmSync(folder, { recursive: true }));

const flow = (port: number) =>
  JSON.stringify({
    apiVersion: 'cofferdam.dev/v1',
    kind: 'Flow',
    source: { address: '10.1.0.1' },
    destination: { address: '10.1.0.2' },
    port,
  });

async function read(content: string | Buffer): Promise<{ readonly lines: readonly string[]; readonly problems: readonly string[] }> {
  const file = join(folder, 'flows');
  writeFileSync(file, content);
  const lines: string[] = [];
  const take = ({ read: one }: ReadLine, at: { readonly line: number }) => {
    lines.push(`${at.line} ${one.kind === 'flows' ? one.flows.map(({ port }) => port).join() : one.kind}`);
  };
  const problems = await readFlows([file], take);
  return { lines, problems: problems.map(({ code }) => code) };
}

const rows: readonly (readonly [sentence: string, content: string | Buffer, lines: readonly string[], problems?: readonly string[]])[] = [
  ['lines', `${flow(1)}\n${flow(2)}\n`, ['1 1', '2 2']],
  ['a last line without an end', `${flow(1)}\r\n\r\n${flow(2)}`, ['1 1', '3 2']],
  ['gzipped lines', gzipSync(`${flow(1)}\n${flow(2)}\n`), ['1 1', '2 2']],
  ['two gzip members in one file', Buffer.concat([gzipSync(`${flow(1)}\n`), gzipSync(`${flow(2)}\n`)]), ['1 1', '2 2']],
  ['a list in one document', JSON.stringify([JSON.parse(flow(1)), JSON.parse(flow(2))], null, 2), ['1 1', '1 2']],
  ['a pretty object', JSON.stringify(JSON.parse(flow(1)), null, 2), ['1 1']],
  ['a list under items', JSON.stringify({ items: [JSON.parse(flow(1))] }, null, 2), ['1 1']],
  ['a malformed line between', `${flow(1)}\n{"x":\n${flow(2)}\n`, ['1 1', '2 malformed', '3 2']],
  ['a line that is too long', `${flow(1)}\n${'x'.repeat(maxLine + 1)}\n${flow(2)}\n`, ['1 1', '2 malformed', '3 2']],
  ['a document that ends early is read line by line', `[\n${flow(1)}\n`, ['1 malformed', '2 1']],
  ['nothing', '', []],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x80]), ['1 malformed', '2 malformed']],
  [
    'a damaged archive gives what stood before',
    gzipSync(`${flow(1)}\n${'#'.repeat(100_000)}\n`).subarray(0, -9),
    ['1 1', '2 malformed'],
    ['input/unreadable'],
  ],
];
for (const [sentence, content, lines, problems = []] of rows)
  test(sentence, async () => {
    const result = await read(content);
    assert.deepEqual(result.lines, lines);
    assert.deepEqual(result.problems, problems);
  });

test('a file that is not there is a problem, and the next one is read', async () => {
  const file = join(folder, 'there');
  writeFileSync(file, flow(1));
  let count = 0;
  const problems = await readFlows([join(folder, 'absent'), file], () => count++);
  assert.deepEqual([count, problems.map(({ code }) => code)], [1, ['input/unreadable']]);
});

test('memory stays small while a line has no end', async () => {
  const before = process.memoryUsage().rss;
  const { lines } = await read(gzipSync('y'.repeat(20 * 1024 * 1024)));
  assert.deepEqual(lines, ['1 malformed']);
  assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024);
});
