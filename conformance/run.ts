// `npm run conformance [-- SUITE…] [--data FOLDER] [-o json]`: runs suites over their data, prints a line per failing case and closes with
// `N passed, N failed, N skipped`. Without a suite it runs all of them and holds each to its floor in floors.json.
// The data lie beside the project and are not part of it; where they are absent that is said, and nothing has failed.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Suite } from './suite.ts';
import { suites } from './suites.ts';

interface Outcome {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const here = import.meta.dirname;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, output: { type: 'string', short: 'o' } },
});
const data = join(here, '..', '..', 'shared', 'conformance');
const chosen = positionals.length === 0 ? suites : positionals.map(suiteNamed);
const floors = JSON.parse(readFileSync(join(here, 'floors.json'), 'utf8')) as Readonly<Record<string, number>>;

if (values.data === undefined && !existsSync(data)) {
  console.log('conformance: the third-party data are not beside this checkout, so nothing was run');
  console.log('0 passed, 0 failed, 0 skipped');
  process.exit(0);
}

const outcomes: Outcome[] = [];
let below = false;
for (const suite of chosen) {
  const outcome = await runSuite(suite, values.data ?? join(data, suite.folder ?? suite.name));
  outcomes.push(outcome);
  const floor = floors[suite.name];
  if (positionals.length === 0 && floor !== undefined && outcome.passed < floor) {
    below = true;
    console.log(`${suite.name}: ${outcome.passed} passed is below the floor of ${floor}`);
  }
}
const total = (key: 'passed' | 'failed' | 'skipped') => outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
if (values.output === 'json') console.log(JSON.stringify({ suites: outcomes }));
console.log(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`);
process.exitCode = below || (positionals.length > 0 && total('failed') > 0) ? 1 : 0;

function suiteNamed(name: string): Suite {
  const suite = suites.find((candidate) => candidate.name === name);
  if (suite !== undefined) return suite;
  console.error(`conformance: no suite "${name}"; there are: ${suites.map((candidate) => candidate.name).join(', ')}`);
  process.exit(2);
}

async function runSuite(suite: Suite, folder: string): Promise<Outcome> {
  const skipFile = join(here, 'skips', `${suite.name}.json`);
  const skips: Readonly<Record<string, string>> = existsSync(skipFile) ? JSON.parse(readFileSync(skipFile, 'utf8')) : {};
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for await (const result of suite.run(folder, (line) => console.log(`${suite.name}: ${line}`))) {
    if (result.passed) passed++;
    else if (Object.hasOwn(skips, result.id)) skipped++;
    else {
      failed++;
      console.log(`${suite.name}: FAIL ${result.id}${result.detail === undefined ? '' : `: ${result.detail}`}`);
    }
  }
  if (chosen.length > 1) console.log(`${suite.name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  return { suite: suite.name, passed, failed, skipped };
}
