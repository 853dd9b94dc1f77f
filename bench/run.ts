// `npm run bench -- NAME`: runs one benchmark of this folder and prints its figures.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

const name = process.argv[2] ?? 'scan';
const file = join(import.meta.dirname, `${name}.ts`);
if (!/^[a-z-]+$/.test(name) || ['run', 'measure', 'peer-inputs'].includes(name) || !existsSync(file)) {
  console.error(`no benchmark "${name}"`);
  process.exit(2);
}
await import(file);
