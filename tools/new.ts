// `npm run new control workload/foo`: writes the control's file and its line in the domain's list. Its test then fails with sentences that
// say what to fill in.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [kind, id = ''] = process.argv.slice(2);
const match = /^([a-z-]+)\/([a-z0-9-]+)$/.exec(id);
if (kind !== 'control' || match === null) {
  console.error('usage: npm run new control DOMAIN/NAME, such as workload/host-time');
  process.exit(2);
}
const [, domain = '', name = ''] = match;
const folder = join(import.meta.dirname, '..', 'src', 'controls', domain);
const list = join(folder, 'index.ts');
const file = join(folder, `${name}.ts`);
if (!existsSync(list)) {
  console.error(`there is no domain "${domain}": make ${domain}/index.ts first and add it to controls/index.ts`);
  process.exit(2);
}
if (existsSync(file)) {
  console.error(`${domain}/${name}.ts is there already`);
  process.exit(2);
}

const identifier = name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
writeFileSync(
  file,
  `// What is looked at, and why it matters. The specification it follows, with its version. What is left out.

import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const ${identifier} = control({
  id: '${id}',
  aliases: [],
  severity: 'medium',
  title: '',
  why: '',
  fix: '',
  frameworks: [],
  on: pods,
  check: ({ pod }) => (pod.spec.changeMe === true ? [fail(pod.at('/changeMe'), 'change-me', 'the pod asks to be changed')] : []),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [],
  },
});
`,
);
const before = readFileSync(list, 'utf8');
const importLine = `import { ${identifier} } from './${name}.ts';\n`;
const lastImport = before.lastIndexOf('\nimport ');
const afterImports = before.indexOf('\n', lastImport + 1) + 1;
const withImport = before.slice(0, afterImports) + importLine + before.slice(afterImports);
writeFileSync(list, withImport.replace(/,?\s*\];\s*$/, `,\n  ${identifier},\n];\n`));
console.log(`src/controls/${domain}/${name}.ts written and listed; now: npm test -- controls`);
