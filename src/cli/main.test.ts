import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
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
