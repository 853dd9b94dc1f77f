// The file a state is kept in, and what becomes of files, ports and logs that cannot be had.

import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startSimulated } from '../../../test/simulated.ts';
import { type SimulateOptions, simulate } from './simulate.ts';

const folder = mkdtempSync(join(tmpdir(), 'saved-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const options = (more: Partial<SimulateOptions>): SimulateOptions => ({ objects: [], host: '127.0.0.1', port: 0, ...more });
const configMaps = { group: '', resource: 'configmaps' };
const config = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'default', uid: 'u', resourceVersion: '4711', creationTimestamp: '2026-01-01T00:00:00Z' },
};

test('a state that is taken up again has its objects with their revisions, and the next write comes after the last', async () => {
  const first = await startSimulated(options({ objects: [config], save: at('state.json') }));
  first.world.store.put(configMaps, 'default', 'b', { ...config, metadata: { name: 'b', namespace: 'default' } });
  const last = first.world.store.revision();
  await first.stop();
  assert.equal(existsSync(at('.state.json.cofferdam-lock')), false);
  const second = await startSimulated(options({ save: at('state.json') }));
  assert.equal(second.isTakenUp, true);
  assert.deepEqual(second.world.store.get(configMaps, 'default', 'a'), config);
  assert.ok(second.world.store.revision() >= last && last > 4711);
  await second.stop();
});

test('two servers never share a file', async () => {
  const first = await startSimulated(options({ save: at('shared.json') }));
  const second = await simulate(options({ save: at('shared.json') }));
  assert.match(second.ok ? '' : second.problem.message, /this process keeps another state there/);
  await first.stop();
  await (await startSimulated(options({ save: at('shared.json') }))).stop();
});

const locks: readonly (readonly [why: string, text: string, said: RegExp | undefined])[] = [
  ['another process', `cofferdam ${process.ppid} ${hostname()}\n`, /another simulate \(process [0-9]+\) keeps its state there/],
  ['another machine', 'cofferdam 1 elsewhere\n', /a simulate on elsewhere keeps its state there/],
  ['somebody else', '# yarn lockfile v1\n', /is no lock of simulate, and is left as it is/],
  ['a process that is gone', `cofferdam 999999999 ${hostname()}\n`, undefined],
];
for (const [who, text, said] of locks)
  test(`a lock of ${who}`, async () => {
    writeFileSync(at('.lock.json.cofferdam-lock'), text);
    const started = await simulate(options({ save: at('lock.json') }));
    if (said === undefined) assert.ok(started.ok);
    else {
      assert.match(started.ok ? '' : started.problem.message, said);
      assert.equal(readFileSync(at('.lock.json.cofferdam-lock'), 'utf8'), text);
    }
    if (started.ok) await started.value.stop();
  });

test('a kubeconfig of somebody else is not written over, and a link leads to the file', async () => {
  writeFileSync(at('config'), 'apiVersion: v1\nkind: Config\n');
  const refused = await simulate(options({ kubeconfig: at('config') }));
  assert.match(refused.ok ? '' : refused.problem.message, /holds something else than a kubeconfig of simulate/);
  assert.match(readFileSync(at('config'), 'utf8'), /^apiVersion/);
  symlinkSync(at('target'), at('link'));
  writeFileSync(at('target'), '');
  for (let times = 0; times < 2; times++) await (await startSimulated(options({ kubeconfig: at('link') }))).stop();
  assert.ok(lstatSync(at('link')).isSymbolicLink());
  assert.match(readFileSync(at('target'), 'utf8'), /"current-context": "simulated"/);
});

const files: readonly (readonly [why: string, text: string, said: RegExp])[] = [
  ['half of a state', '{"apiVersion":"cofferdam.dev/v1","kind":"Simul', /cannot be read as a saved state, and is left as it is/],
  ['something else', '{"name":"package"}', /is no state that simulate saved, and is left as it is/],
];
for (const [why, text, said] of files)
  test(`a file that holds ${why} is not touched`, async () => {
    writeFileSync(at('other.json'), text);
    const started = await simulate(options({ save: at('other.json') }));
    assert.match(started.ok ? '' : started.problem.message, said);
    assert.equal(readFileSync(at('other.json'), 'utf8'), text);
  });

test('what cannot be had is said before anything is served', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  t.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  writeFileSync(at('file'), '');
  const rows: readonly (readonly [Partial<SimulateOptions>, RegExp])[] = [
    [{ port }, /cannot listen on 127\.0\.0\.1:[0-9]+: .*EADDRINUSE/],
    [{ auditLog: at('nowhere/audit.log') }, /--audit-log .*cannot be written/],
    [{ auditLog: folder }, /--audit-log .*cannot be written/],
    [{ kubeconfig: at('file/config') }, /--kubeconfig-out .*cannot be written/],
    [{ save: at('file/state.json') }, /--save .*cannot be written/],
  ];
  for (const [more, said] of rows) {
    const started = await simulate(options(more));
    assert.match(started.ok ? '' : started.problem.message, said);
  }
});

test('a state that cannot be written any more is told, and the server goes on', async () => {
  const told: string[] = [];
  const home = join(folder, 'home');
  const server = await startSimulated(options({ save: join(home, 'state.json'), tell: (message) => void told.push(message) }));
  rmSync(home, { recursive: true });
  writeFileSync(home, '');
  await server.stop();
  assert.match(told.join('\n'), /the state could not be saved to .*state\.json/);
});
