import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pax, type TarMember, tar } from '../../test/tar.ts';
import { unpack } from './archive.ts';

const pod = 'apiVersion: v1\nkind: Pod\n';
const other = 'apiVersion: v1\nkind: Service\n';

async function unpacked(bytes: Buffer, chunk = 100) {
  const pieces = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, index) => bytes.subarray(index * chunk, (index + 1) * chunk));
  const { texts, problems } = await unpack('a.tgz', Readable.from(pieces));
  return { files: Object.fromEntries(texts.map(({ file, text }) => [file, text])), codes: problems.map(({ code }) => code), problems };
}

const archives: readonly (readonly [string, Buffer, Record<string, string>, readonly string[]])[] = [
  ['a plain text', Buffer.from(pod), { 'a.tgz': pod }, []],
  ['an empty stream', Buffer.alloc(0), { 'a.tgz': '' }, []],
  ['a gzipped text', gzipSync(pod), { 'a.tgz': pod }, []],
  ['two gzip members after one another', Buffer.concat([gzipSync(pod), gzipSync('---\n')]), { 'a.tgz': `${pod}---\n` }, []],
  ['a tar archive', tar([{ name: 'x/pod.yaml', content: pod }]), { 'a.tgz!x/pod.yaml': pod }, []],
  ['a gzipped tar archive', gzipSync(tar([{ name: 'pod.yaml', content: pod }])), { 'a.tgz!pod.yaml': pod }, []],
  [
    'only files that may be manifests',
    tar([
      { name: 'a.bin', content: 'x' },
      { name: 'b.json', content: '{}' },
    ]),
    { 'a.tgz!b.json': '{}' },
    [],
  ],
  ['names that begin with ./', tar([{ name: './pod.yaml', content: pod }]), { 'a.tgz!pod.yaml': pod }, []],
  ['an archive without its end mark', tar([{ name: 'pod.yaml', content: pod }], true), { 'a.tgz!pod.yaml': pod }, []],
  ['a name that leads up', tar([{ name: '../../etc/pod.yaml', content: pod }]), { 'a.tgz!etc/pod.yaml': pod }, ['input/bad-archive']],
  ['a name that leads up from inside', tar([{ name: 'a/../../pod.yaml', content: pod }]), { 'a.tgz!pod.yaml': pod }, ['input/bad-archive']],
  ['an absolute name', tar([{ name: '/etc/pod.yaml', content: pod }]), { 'a.tgz!etc/pod.yaml': pod }, ['input/bad-archive']],
  [
    'a symbolic link',
    tar([
      { name: 'l.yaml', type: '2' },
      { name: 'p.yaml', content: pod },
    ]),
    { 'a.tgz!p.yaml': pod },
    ['input/skipped'],
  ],
  [
    'a hard link',
    tar([
      { name: 'l.yaml', type: '1', size: 99 },
      { name: 'p.yaml', content: pod },
    ]),
    { 'a.tgz!p.yaml': pod },
    ['input/skipped'],
  ],
  [
    'two members of one name, of which the last counts',
    tar([
      { name: 'p.yaml', content: other },
      { name: 'p.yaml', content: pod },
    ]),
    { 'a.tgz!p.yaml': pod },
    ['input/bad-archive'],
  ],
  [
    'a long name in a pax record',
    tar([
      { name: 'x', type: 'x', content: pax({ path: `${'d/'.repeat(120)}p.yaml` }) },
      { name: 'short', content: pod },
    ]),
    { [`a.tgz!${'d/'.repeat(120)}p.yaml`]: pod },
    [],
  ],
  [
    'a long name of GNU tar',
    tar([
      { name: '././@LongLink', type: 'L', content: 'long/name.yaml\0' },
      { name: 'short', content: pod },
    ]),
    { 'a.tgz!long/name.yaml': pod },
    [],
  ],
  ['a prefix of ustar', tar([{ name: 'p.yaml', prefix: 'deep/down', content: pod }]), { 'a.tgz!deep/down/p.yaml': pod }, []],
  [
    'a size in a pax record',
    tar([
      { name: 'x', type: 'x', content: pax({ size: String(pod.length) }) },
      { name: 'p.yaml', content: pod, size: 0 },
    ]),
    { 'a.tgz!p.yaml': pod },
    [],
  ],
  [
    'a sparse file of ten gigabytes',
    tar([
      { name: 's.yaml', type: 'S', size: 0, patch: sparse() },
      { name: 'p.yaml', content: pod },
    ]),
    { 'a.tgz!p.yaml': pod },
    ['input/skipped'],
  ],
  [
    'a sparse file of pax',
    tar([
      { name: 'x', type: 'x', content: pax({ 'GNU.sparse.major': '1' }) },
      { name: 's.yaml', content: other },
      { name: 'p.yaml', content: pod },
    ]),
    { 'a.tgz!p.yaml': pod },
    ['input/skipped'],
  ],
  [
    'a name that is not UTF-8',
    tar([{ name: 'x', content: pod, patch: bytes(0, [0xff, 0xfe, 0x2e, 0x79, 0x6d, 0x6c]) }]),
    { 'a.tgz!\ufffd\ufffd.yml': pod },
    [],
  ],
];

describe('an input is read for what its bytes say it is', () => {
  for (const [name, archive, files, codes] of archives)
    test(name, async () => {
      for (const chunk of [1 + archive.length, 100, 7]) {
        const read = await unpacked(archive, chunk);
        assert.deepEqual(read.files, files);
        assert.deepEqual(read.codes, codes);
      }
    });
});

const good: TarMember = { name: 'p.yaml', content: pod };
const damaged: readonly (readonly [string, Buffer, readonly string[], RegExp])[] = [
  ['a header whose sum is wrong', Buffer.concat([tar([good], true), Buffer.alloc(512, 7)]), ['a.tgz!p.yaml'], /damaged header/],
  [
    'a file cut off',
    tar([good, { name: 'q.yaml', content: 'x'.repeat(2000) }], true).subarray(0, 2000),
    ['a.tgz!p.yaml'],
    /end is missing/,
  ],
  ['a size beyond the end', tar([good, { name: 'q.yaml', size: 1e9 }], true), ['a.tgz!p.yaml'], /limits of an archive|end is missing/],
  ['a negative size', tar([good, { name: 'q.yaml', size: Buffer.alloc(12, 0xff) }]), ['a.tgz!p.yaml'], /no number/],
  ['a size that is no number', tar([good, { name: 'q.yaml', size: Buffer.from('9x9\0') }]), ['a.tgz!p.yaml'], /no number/],
  [
    'a pax size that is no number',
    tar([good, { name: 'x', type: 'x', content: pax({ size: '-1' }) }, good]),
    ['a.tgz!p.yaml'],
    /no number/,
  ],
  ['a name record of a gigabyte', tar([good, { name: 'x', type: 'L', size: 1e9 }], true), ['a.tgz!p.yaml'], /name record/],
  [
    'a gzip stream cut off',
    gzipSync(tar([good, { name: 'q.yaml', content: noise(5000) }])).subarray(0, -3000),
    ['a.tgz!p.yaml'],
    /end is missing/,
  ],
  [
    'a damaged gzip stream',
    spoiled(gzipSync(tar([good, { name: 'q.yaml', content: noise(90_000) }]))),
    ['a.tgz!p.yaml'],
    /damaged|end is missing/,
  ],
  ['a gzipped text cut off', gzipSync(noise(5000)).subarray(0, -500), ['a.tgz'], /what came before/],
];

describe('what stands before the damage is kept', () => {
  for (const [name, archive, files, message] of damaged)
    test(name, async () => {
      const read = await unpacked(archive);
      assert.deepEqual(Object.keys(read.files), files);
      assert.match(read.problems.map((problem) => problem.message).join('; '), message);
    });
});

test('a gzip bomb is stopped by its ratio', async () => {
  const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, 'a'), { level: 9 });
  const read = await unpacked(bomb, 65_536);
  assert.match(read.problems.map((problem) => problem.message).join(), /times its size/);
  assert.deepEqual(Object.keys(read.files), []);
});

test('a bomb in a member that nobody wants is stopped too', async () => {
  const bomb = gzipSync(tar([good, { name: 'zeros.bin', content: Buffer.alloc(100 * 1024 * 1024) }]), { level: 9 });
  const read = await unpacked(bomb, 65_536);
  assert.deepEqual(Object.keys(read.files), ['a.tgz!p.yaml']);
  assert.match(read.problems.map((problem) => problem.message).join(), /times its size/);
});

test('an unreadable stream is a problem', async () => {
  const stream = new Readable({ read: () => {} });
  process.nextTick(() => stream.destroy(Object.assign(new Error('EIO: i/o error'), { syscall: 'read' })));
  const { problems } = await unpack('-', stream);
  assert.deepEqual(
    problems.map(({ code, message }) => [code, message]),
    [['input/unreadable', '-: EIO: i/o error']],
  );
});

/** The header of a sparse file whose real size is ten gigabytes. */
function sparse(): ReadonlyMap<number, number> {
  return bytes(483, [...Buffer.from('112402762000')]);
}

function bytes(offset: number, values: readonly number[]): ReadonlyMap<number, number> {
  return new Map(values.map((value, index) => [offset + index, value]));
}

/** Text that gzip cannot make smaller by much, the same on every run. */
function noise(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return String.fromCharCode(33 + ((state >>> 16) % 90));
  }).join('');
}

function spoiled(archive: Buffer): Buffer {
  const copy = Buffer.from(archive);
  copy.fill(0xaa, copy.length >> 1, (copy.length >> 1) + 200);
  return copy;
}
