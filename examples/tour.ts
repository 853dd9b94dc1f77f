// The tour of `npm start`: one careless cluster scanned, one finding explained, one patch shown, and a report to open. It runs the same
// commands a person would type and prints them first.

import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { main } from '../src/cli/main.ts';

const shop = relative(process.cwd(), join(import.meta.dirname, 'shop'));
const report = relative(process.cwd(), join(import.meta.dirname, '..', 'dist', 'shop-report.html'));
mkdirSync(join(import.meta.dirname, '..', 'dist'), { recursive: true });

interface Step {
  readonly says: string;
  readonly words: readonly string[];
  /** The status a step ends with when all is well: findings are what this cluster is for. */
  readonly status: number;
}

const steps: readonly Step[] = [
  {
    says: 'A small careless cluster. What is wrong with it, worst first?',
    words: ['scan', shop, '-o', 'table', '-o', `html=${report}`],
    status: 1,
  },
  {
    says: 'Why does that matter, and what would repair it? Any tool’s name for a check works here.',
    words: ['explain', 'C-0057'],
    status: 0,
  },
  {
    says: 'The smallest patch for it; --write would apply it and leave every other byte alone.',
    words: ['fix', shop, '--control', 'workload/privileged'],
    status: 0,
  },
];

let failed = false;
for (const [index, step] of steps.entries()) {
  console.log(`\n── ${index + 1} of ${steps.length} · ${step.says}\n$ cofferdam ${step.words.join(' ')}\n`);
  const status = await main(step.words);
  if (status !== step.status) {
    failed = true;
    console.error(`tour: expected status ${step.status}, got ${status}`);
  }
}
console.log(`\n── The same result as a page with search and filters: open ${report}`);
process.exitCode = failed ? 1 : 0;
