// The scan of whole repositories, against the rivals that can do it. The corpus lies beside the project; peers are built by its own script
// and looked for in the cache. Prints medians of interleaved runs: compare rows, not machines.

import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { interleaved, type Measurement } from './measure.ts';

const root = join(import.meta.dirname, '..');
const corpus = join(root, '..', 'shared', 'corpus');
const peers = join(process.env.PEERS_HOME ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cofferdam-peers'), 'bin');
const rounds = Number(process.argv[3] ?? 3);

if (!existsSync(corpus)) {
  console.log('the corpus is not beside this checkout');
  process.exit(0);
}
const work = mkdtempSync(join(tmpdir(), 'cofferdam-bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
spawnSync('tar', ['xzf', join(corpus, 'platform-15k.tar.gz'), '-C', work]);

const cofferdam = (...words: readonly string[]) => [process.execPath, join(root, 'bin', 'cofferdam.cjs'), ...words];
show('start', await interleaved({ 'cofferdam --help': cofferdam('--help') }, rounds * 3));
show(
  'small corpus',
  await interleaved(
    { cofferdam: cofferdam('scan', join(corpus, 'small'), '-q'), ...peer('kube-linter', ['lint', join(corpus, 'small')]) },
    rounds,
  ),
);
show(
  'whole corpus',
  await interleaved({ cofferdam: cofferdam('scan', work, '-q'), ...peer('kube-linter', ['lint', work]) }, Math.min(rounds, 3)),
);

const readable = readableByKubeScore();
if (readable !== undefined) {
  const list = join(work, 'files.txt');
  writeFileSync(list, readable.join('\0'));
  show(
    `the ${readable.length} files kube-score can read`,
    await interleaved(
      {
        cofferdam: ['bash', '-c', `xargs -0 -a "$0" -n 100000 "$@"`, list, ...cofferdam('scan', '-q')],
        'kube-score': ['bash', '-c', `xargs -0 -a "$0" -n 100000 "$@"`, list, join(peers, 'kube-score'), 'score'],
      },
      Math.min(rounds, 3),
    ),
  );
}

function peer(name: string, words: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const file = join(peers, name);
  return existsSync(file) ? { [name]: [file, ...words] } : {};
}

/** kube-score aborts on the first bad file: projects it cannot read whole are left out. Undefined where it is not built. */
function readableByKubeScore(): readonly string[] | undefined {
  const kubeScore = join(peers, 'kube-score');
  if (!existsSync(kubeScore)) return undefined;
  const files = globSync('**/*.{yaml,yml}', { cwd: work }).sort();
  const projects = Map.groupBy(files, (name) => name.split('/').slice(0, 2).join('/'));
  return [...projects.values()].flatMap((names) => {
    const paths = names.map((name) => join(work, name));
    const { stderr } = spawnSync(kubeScore, ['score', '-o', 'ci', ...paths], { encoding: 'utf8', maxBuffer: 1024 * 1024 * 1024 });
    return /failed to/i.test(stderr) ? [] : paths;
  });
}

function show(title: string, results: ReadonlyMap<string, Measurement>): void {
  console.log(`\n${title}`);
  const base = results.values().next().value;
  for (const [name, { wall, cpu, memory, status }] of results) {
    const ratio = base === undefined || base.cpu === 0 ? '' : `  ×${(cpu / base.cpu).toFixed(1)} CPU`;
    console.log(
      `  ${name.padEnd(18)} ${wall.toFixed(2)} s wall  ${cpu.toFixed(2)} s CPU  ${memory.toFixed(0)} MiB  status ${status}${ratio}`,
    );
  }
}
