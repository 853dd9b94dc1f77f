// Builds what is published: the command line bundled into `dist/cofferdam.js` (no dependency to install), and the library's folders
// compiled with their types into `dist/lib`. `--check` also runs the bundle once on the example cluster.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const outdir = join(root, 'dist');

for (const made of ['chunks', 'lib']) rmSync(join(outdir, made), { recursive: true, force: true });
await build({
  entryPoints: { cofferdam: join(root, 'src', 'cli', 'main.ts') },
  outdir,
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  target: 'node22',
  format: 'esm',
  minifySyntax: true,
  legalComments: 'linked',
  logLevel: 'warning',
  banner: { js: "import { createRequire as cofferdamRequire } from 'node:module';\nconst require = cofferdamRequire(import.meta.url);" },
});

const compiled = spawnSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(1);

if (process.argv.includes('--check')) {
  const script = `import('${join(outdir, 'cofferdam.js')}').then((m) => m.main(['scan', ${JSON.stringify(join(root, 'examples', 'shop'))}, '--fail-on', 'never', '-q', '-o', 'json'])).then((status) => { process.exitCode = status; });`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  const findings: unknown = status === 0 ? JSON.parse(stdout).findings : undefined;
  if (!Array.isArray(findings) || findings.length === 0) {
    console.error(`the bundle does not scan the example cluster (status ${status})`);
    process.exitCode = 1;
  } else console.log(`the bundle found ${findings.length} findings in the example cluster`);
}
