// The tour of `npm start`: one careless cluster scanned, how it falls, one patch, a plan, and the report of its assessment. It runs the same
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
    words: ['scan', shop, '-q', '--framework', 'pss'],
    status: 1,
  },
  {
    says: 'How does somebody get from the internet to everything? Each hop with its proof.',
    words: ['paths', shop, '--from', 'internet', '-q'],
    status: 0,
  },
  {
    says: 'The smallest patch for one finding; --write would apply it and leave every other byte alone.',
    words: ['fix', shop, '--control', 'workload/privileged', '-q'],
    status: 0,
  },
  {
    says: 'What is open as packages of work: who does what first, and what is left of the risk then?',
    words: ['plan', shop, '-q', '--sprints', '1'],
    status: 0,
  },
  {
    says: 'How does the cluster stand? Scores, ways of attack, scorecard, plan and every finding in one report.',
    words: ['assess', shop, '-q', '-o', `html=${report}`],
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
console.log(`── Open ${report} in a browser, or print it`);
process.exitCode = failed ? 1 : 0;
