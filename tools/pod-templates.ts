// Makes src/request/template-hash/generated/other-releases.ts: what in the Go structs of a PodTemplateSpec is otherwise in other releases than
// in the one of types.ts, which pod-template/main.go prints. The same program is run against k8s.io/api of each release, in a temporary folder.
// Run by hand when a release is added: `node tools/pod-templates.ts`, with Go on the PATH, which fetches the modules.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const releases: Readonly<Record<string, string>> = { 1.37: '0.37.2', 1.35: '0.35.4', 1.34: '0.34.4', 1.33: '0.33.13', 1.32: '0.32.13' };
const generated = join(import.meta.dirname, '..', 'src', 'request', 'template-hash', 'generated');

type Table = ReadonlyMap<string, string>;

function tablesIn(source: string): readonly [structs: Table, named: Table] {
  const [structs = '', named = ''] = source.split('export const namedTypes');
  const read = (part: string) =>
    new Map([...part.matchAll(/^ {2}'([^']+)': '([^']*)',$/gm)].map(([, key = '', value = '']) => [key, value]));
  return [read(structs), read(named)];
}

function go(folder: string, ...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('go', words, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, GOFLAGS: '-mod=mod' },
  });
  if (status !== 0) throw new Error(`go ${words.join(' ')}: ${stderr}`);
  return stdout;
}

function printed(version: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'pod-template-'));
  try {
    cpSync(join(import.meta.dirname, 'pod-template', 'main.go'), join(folder, 'main.go'));
    writeFileSync(join(folder, 'go.mod'), `module podtemplate\n\ngo 1.24.0\n\nrequire k8s.io/api v${version}\n`);
    go(folder, 'mod', 'tidy');
    return go(folder, 'run', '.');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function differing(table: Table, base: Table): readonly string[] {
  return [...table].filter(([key, value]) => base.get(key) !== value).map(([key, value]) => `    '${key}': '${value}',`);
}

const [structs, named] = tablesIn(readFileSync(join(generated, 'types.ts'), 'utf8'));
const lines = {
  structs: [] as string[],
  named: [] as string[],
};
for (const [minor, version] of Object.entries(releases).sort()) {
  const [own, ownNamed] = tablesIn(printed(version));
  lines.structs.push(`  '${minor}': {`, ...differing(own, structs), '  },');
  lines.named.push(`  '${minor}': {`, ...differing(ownNamed, named), '  },');
}
const type = 'Readonly<Record<string, Readonly<Record<string, string>>>>';
writeFileSync(
  join(generated, 'other-releases.ts'),
  `// Made by tools/pod-templates.ts from k8s.io/api ${Object.values(releases).join(', ')}; facts about Go types, not to be edited.
// Structs and named types that differ from those of types.ts, by release; the forms are those of that file.

export const otherStructs: ${type} = {
${lines.structs.join('\n')}
};

export const otherNamedTypes: ${type} = {
${lines.named.join('\n')}
};
`,
);
