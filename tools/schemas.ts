// Makes the data of src/kube/schema/generated: what the built-in kinds of every known Kubernetes release look like, and which resources
// each release serves. Run by hand when a release is added: `node tools/schemas.ts`, with Go on the PATH, which fetches the modules.
//
// Sources: the OpenAPI v2 and v3 documents and discovery documents in the module k8s.io/kubernetes (one patch release a minor), the enums of
// its generated Go OpenAPI definitions, and the JSON tags of the Go types in k8s.io/api, apimachinery, apiextensions-apiserver and
// kube-aggregator, which alone say what is written when a field is empty. Descriptions are left out.
//
// The newest release is written whole, every older one as its difference from the next newer. src/kube/schema/encoding.ts says the format.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EncodedRelease } from '../src/kube/schema/encoding.ts';
import { canonicalJson } from '../src/lib/json.ts';
import { definitionsOf } from './schemas/definitions.ts';
import { fieldTags } from './schemas/go.ts';
import { resourcesOf } from './schemas/resources.ts';

/** Newest first. The minors before 1.28 published no discovery documents; their short names are those of the next newer release. */
const releases = [
  '1.37.0',
  '1.36.3',
  '1.35.4',
  '1.34.4',
  '1.33.13',
  '1.32.13',
  '1.31.14',
  '1.30.14',
  '1.29.6',
  '1.28.15',
  '1.27.16',
  '1.26.15',
  '1.25.16',
];
/** Where Go types are looked up, newest first; older ones hold the versions that were removed since. */
const typeModules = [
  'k8s.io/api@v0.37.0',
  'k8s.io/apimachinery@v0.37.0',
  'k8s.io/apiextensions-apiserver@v0.37.0',
  'k8s.io/kube-aggregator@v0.37.0',
  'k8s.io/api@v0.34.4',
  'k8s.io/api@v0.31.14',
  'k8s.io/api@v0.28.15',
  'k8s.io/api@v0.25.16',
];
const target = join(import.meta.dirname, '..', 'src', 'kube', 'schema', 'generated');

function moduleFolder(module: string): string {
  const { stdout, stderr } = spawnSync('go', ['mod', 'download', '-json', module], {
    encoding: 'utf8',
    env: { ...process.env, GOFLAGS: '' },
  });
  const answer: { Dir?: string; Error?: string } = stdout === '' ? {} : JSON.parse(stdout);
  if (answer.Dir === undefined) throw new Error(`${module}: ${answer.Error ?? stderr}`);
  return answer.Dir;
}

type Part = { readonly [key: string]: unknown };

/** What must be laid over `newer` to get `older`: changed and added entries, and null for those that are gone. */
function difference(newer: Part, older: Part): Part {
  const changes: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(older)) if (canonicalJson(newer[key]) !== canonicalJson(value)) changes[key] = value;
  for (const key of Object.keys(newer)) if (!Object.hasOwn(older, key)) changes[key] = null;
  return changes;
}

/** JSON with one definition, kind list or resource list a line, so that a new release reads as a difference. */
function lines(release: Part): string {
  const parts = Object.entries(release).map(([part, value]) => {
    if (typeof value !== 'object' || value === null) return `${JSON.stringify(part)}: ${JSON.stringify(value)}`;
    const entries = Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${JSON.stringify(entry)}`);
    return `${JSON.stringify(part)}: {\n${entries.join(',\n')}\n}`;
  });
  return `{${parts.join(',\n')}}`;
}

const tags = fieldTags(typeModules.map(moduleFolder));
const minors: string[] = [];
const differences: string[] = [];
let newer: EncodedRelease | undefined;
mkdirSync(target, { recursive: true });
for (const release of releases) {
  const folder = moduleFolder(`k8s.io/kubernetes@v${release}`);
  const minor = release.split('.').slice(0, 2).join('.');
  const { definitions, kinds } = definitionsOf(folder, tags);
  const whole: EncodedRelease = { release, definitions, kinds, resources: resourcesOf(folder, newer?.resources ?? {}) };
  if (newer === undefined) writeFileSync(join(target, 'newest.json'), `${lines({ ...whole })}\n`);
  else
    differences.push(
      lines({
        release,
        definitions: difference(newer.definitions, whole.definitions),
        kinds: difference(newer.kinds, whole.kinds),
        resources: difference(newer.resources, whole.resources),
      }),
    );
  console.log(`${minor}: ${Object.keys(definitions).length} definitions, ${Object.keys(kinds).length} group versions`);
  minors.push(minor);
  newer = whole;
}
writeFileSync(join(target, 'older.json'), `[${differences.join(',\n')}]\n`);
writeFileSync(
  join(target, 'minors.ts'),
  `// Written by tools/schemas.ts: the minor releases there are data for, newest first.

export const minors: readonly string[] = [${minors.map((minor) => `'${minor}'`).join(', ')}];
`,
);
