import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const launcher = join(import.meta.dirname, '../../bin/cofferdam.cjs');

test('a reader that leaves early is no error', async () => {
  const child = spawn(process.execPath, [launcher, 'controls', '-o', 'json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  child.stdout.destroy();
  const [status] = await once(child, 'close');
  assert.deepEqual([status, said], [0, '']);
});

test('the words and flags of commands load nothing of what the commands do', () => {
  const source = join(import.meta.dirname, '..');
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, clause = '', name = ''] of readFileSync(file, 'utf8').matchAll(/^import ((?:type )?)[^;]*?'(\.[^']+)';$/gm))
      if (clause === '') visit(join(dirname(file), name));
  };
  visit(join(source, 'cli', 'main.ts'));
  const files = [...seen].map((file) => relative(source, file));
  assert.ok(files.length > 20 && files.length < 80, `${files.length} files`);
  assert.deepEqual(
    files.filter((file) => !/^(?:cli|lib)[\\/]/.test(file)),
    [],
  );
});
