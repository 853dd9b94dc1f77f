// Runs every test of the project in one process: `npm test`, or `npm test -- FILTER` for the files whose path holds FILTER.
// What a test needs from the system is set up by test/system.ts where it may be; what is missing is skipped with the reason printed.

import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const filters = process.argv.slice(2);
const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts', 'conformance/**/*.test.ts'], { cwd: root })
  .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
  .sort();
if (files.length === 0) {
  console.error(`no test file matches ${filters.join(' or ')}`);
  process.exit(2);
}
const reporter = pathToFileURL(join(root, 'test', 'reporter.ts')).href;
const { status } = spawnSync(process.execPath, ['--test', '--test-isolation=none', `--test-reporter=${reporter}`, ...files], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
