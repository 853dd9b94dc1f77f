// Whether the loader finds exactly the documents and objects that the corpus says each of its files holds. By hand: `node bench/corpus-counts.ts`.
// Files marked broken or complex-key are read too, but no count is asked of them. Status 1 where a file disagrees.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { splitDocuments } from '../src/kube/yaml/split.ts';
import { asString, field } from '../src/lib/json.ts';
import { readManifests } from '../src/sources/manifests.ts';

const corpus = join(import.meta.dirname, '..', '..', 'shared', 'corpus');
if (!existsSync(corpus)) {
  console.log('the corpus is not beside this checkout');
  process.exit(0);
}
const { files } = JSON.parse(readFileSync(join(corpus, 'platform-15k.files.json'), 'utf8')) as {
  readonly files: readonly (readonly [path: string, documents: number, objects: number, odd?: string])[];
};
const work = mkdtempSync(join(tmpdir(), 'cofferdam-counts-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
spawnSync('tar', ['xzf', join(corpus, 'platform-15k.tar.gz'), '-C', work]);

let documents = 0;
let objects = 0;
let differing = 0;
for (const [path, wantedDocuments, wantedObjects, odd = ''] of files) {
  const text = readFileSync(join(work, path), 'utf8');
  const found = readManifests(text, path, new Map(), { named: true });
  const foundObjects = found.resources.filter(({ object }) => field(object, 'metadata') !== undefined).length;
  const foundDocuments = splitDocuments(text).length;
  documents += foundDocuments;
  objects += foundObjects;
  if (/broken|complex-key/.test(odd) || (foundDocuments === wantedDocuments && foundObjects === wantedObjects)) continue;
  differing++;
  const kinds = found.resources.map(({ kind, object }) => `${kind}/${asString(field(object.metadata, 'name')) ?? '?'}`).slice(0, 3);
  console.log(
    `${path}: ${foundDocuments} documents of ${wantedDocuments}, ${foundObjects} objects of ${wantedObjects} ${odd} (${kinds.join(', ')} …)`,
  );
  for (const problem of found.problems.slice(0, 2)) console.log(`  ${problem.source?.line}: ${problem.message} (${problem.code})`);
}
console.log(`${files.length} files, ${documents} documents, ${objects} objects; ${differing} files differ`);
process.exitCode = differing > 0 ? 1 : 0;
