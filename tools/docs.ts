// The generated part of the documentation: controls by domain, commands, settings and their JSON schema. `npm run docs` writes it,
// `npm run docs -- --check` fails where a file differs from what the code says.

import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { attackEdges } from './docs/attack-edges.ts';
import { commandReference } from './docs/commands.ts';
import { controlPages } from './docs/controls.ts';
import { coveragePage } from './docs/coverage.ts';
import { settingsReference, settingsSchema } from './docs/settings.ts';

const root = join(import.meta.dirname, '..');
const pages = new Map<string, string>([
  ...controlPages(),
  ['docs/reference/controls/coverage.md', coveragePage()],
  ['docs/reference/attack-edges.md', attackEdges()],
  ['docs/reference/commands.md', commandReference()],
  ['docs/reference/settings.md', settingsReference()],
  ['docs/reference/cofferdam.schema.json', settingsSchema()],
]);
const stale = globSync('docs/reference/**/*.{md,json}', { cwd: root })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !pages.has(file));

if (process.argv.includes('--check')) {
  const drifted = [...pages]
    .filter(([file, text]) => !existsSync(join(root, file)) || readFileSync(join(root, file), 'utf8') !== text)
    .map(([file]) => file);
  for (const file of [...drifted, ...stale]) console.error(`${file} is not what the code says; run npm run docs`);
  process.exitCode = drifted.length + stale.length > 0 ? 1 : 0;
} else {
  for (const file of stale) rmSync(join(root, file));
  for (const [file, text] of pages) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  console.log(`${pages.size} pages written`);
}
