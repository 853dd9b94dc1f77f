// Makes src/kube/protobuf/generated/numbers.json: under which numbers the fields of the built-in kinds travel in protobuf. Run by hand when a
// release is added: `node tools/protobuf.ts`, with Go on the PATH, which fetches the modules.
//
// Source: the generated.proto files of k8s.io/api, apimachinery, apiextensions-apiserver and kube-aggregator. A message is written as the names
// of its fields in the order of their numbers, holes left empty; what the schemas say of a field is not repeated. Where a field's type is a
// message that JSON lays flat, or that no schema names, its type follows a colon.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const modules = ['k8s.io/api', 'k8s.io/apimachinery', 'k8s.io/apiextensions-apiserver', 'k8s.io/kube-aggregator'].map(
  (name) => `${name}@v0.36.3`,
);
const target = join(import.meta.dirname, '..', 'src', 'kube', 'protobuf', 'generated', 'numbers.json');

const messages = new Map<string, string>();
for (const module of modules) {
  const { stdout } = spawnSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8', env: { ...process.env, GOFLAGS: '' } });
  const { Dir: folder }: { Dir?: string } = stdout === '' ? {} : JSON.parse(stdout);
  if (folder === undefined) throw new Error(`${module} cannot be fetched`);
  for (const file of protoFiles(folder)) read(readFileSync(file, 'utf8'));
}
const lines = [...messages]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, fields]) => `${JSON.stringify(name)}: ${JSON.stringify(fields)}`);
writeFileSync(target, `{\n${lines.join(',\n')}\n}\n`);
console.log(`${messages.size} messages`);

function* protoFiles(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name === 'testdata' || name === 'vendor') continue;
    if (statSync(path).isDirectory()) yield* protoFiles(path);
    else if (name === 'generated.proto') yield path;
  }
}

function shortName(type: string): string {
  return type
    .replace(/^\.?k8s\.io\./, '')
    .split('.')
    .slice(-3)
    .join('.');
}

function read(text: string): void {
  const packageName = /^package ([\w.]+);/m.exec(text)?.[1] ?? '';
  const own = packageName
    .replace(/^k8s\.io\./, '')
    .split('.')
    .slice(-2)
    .join('.');
  for (const [, name = '', body = ''] of text.matchAll(/^message (\w+) \{([\s\S]*?)^\}/gm)) {
    const fields: string[] = [];
    for (const [, label, type = '', field = '', number = ''] of body.matchAll(
      /^ {2}(optional|repeated|map<string, [\w.]+>)\s*([\w.]*)\s+(\w+) = (\d+);/gm,
    )) {
      const inner = label?.startsWith('map') === true ? (/, ([\w.]+)>/.exec(label)?.[1] ?? '') : type;
      const isMessage = /[A-Z]/.test(inner);
      const full = inner.includes('.') ? shortName(inner) : `${own}.${inner}`;
      fields[Number(number) - 1] = isMessage ? `${field}:${full}` : field;
    }
    messages.set(`${own}.${name}`, Array.from(fields, (field) => field ?? '').join(','));
  }
}
