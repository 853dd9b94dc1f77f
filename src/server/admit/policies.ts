// The policies in force: read from files, read again when these change, and put in use only as a whole and only if every one of them is right.
// The last right set is kept on disk, so that a webhook which starts while a broken set is mounted still enforces what it enforced
// before. Files of a mounted ConfigMap change through a symbolic link, so the folder is looked at by the clock.

import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isKubeObject, type KubeObject } from '../../kube/object.ts';
import { asList, field, type Json } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { compilePolicies, isPolicyObject } from '../../policy/compile.ts';
import type { CompiledPolicy } from '../../policy/compiled.ts';
import { foreignPoliciesText } from '../../policy/other-languages.ts';
import { type PolicySet, policySet } from '../../policy/policy-set.ts';
import { type Resource, resource } from '../../snapshot/snapshot.ts';
import { load } from '../../sources/load.ts';
import { walk } from '../../sources/walk.ts';

export interface PolicyFiles {
  readonly paths: readonly string[];
  /** The file of the last right set; undefined: none is kept. */
  readonly lastKnownGood: string | undefined;
  /** Policies that come from no file, such as the catalogue's controls. */
  readonly builtIn: readonly CompiledPolicy[];
  /** The minor of Kubernetes 1 whose functions apply. */
  readonly minor: number;
}

export interface Loaded {
  readonly policies: PolicySet;
  /** What was read beside policies: namespaces, parameters. */
  readonly resources: readonly Resource[];
  /** Why this is not what the files say now. */
  readonly stale?: string;
}

/** Reads, checks and compiles. On failure the last right set is taken, and `stale` says so; fails where there is none. */
export async function loadPolicies(files: PolicyFiles): Promise<Result<Loaded, Problem>> {
  const fresh = await read(files);
  if (fresh.ok) {
    keep(files.lastKnownGood, fresh.value.resources);
    return fresh;
  }
  const kept = restore(files);
  if (kept === undefined) return fresh;
  return ok({ ...kept, stale: `${fresh.problem.message}; the last right set is in force` });
}

async function read({ paths, builtIn, minor }: PolicyFiles): Promise<Result<Loaded, Problem>> {
  if (paths.length === 0) return ok({ policies: policySet(builtIn), resources: [] });
  const { resources, problems } = await load(paths, { render: 'never' });
  const broken = problems.find(({ level }) => (level ?? 'error') === 'error');
  if (broken !== undefined) return failure(problem('admission/policies', broken.message, broken.source));
  if (!resources.some(({ object }) => isPolicyObject(object)))
    return failure(
      problem('admission/policies', `there is no policy in ${paths.join(', ')}; files are read that end in .yaml, .yml or .json`),
    );
  return compiled(resources, builtIn, minor);
}

function compiled(resources: readonly Resource[], builtIn: readonly CompiledPolicy[], minor: number): Result<Loaded, Problem> {
  const foreign = foreignPoliciesText(resources.map(({ object }) => object));
  if (foreign !== undefined) return failure(problem('admission/policies', foreign));
  const policies = compilePolicies(
    resources.map(({ object }) => object),
    { minor },
  );
  for (const { name, issues } of policies)
    for (const { field: at, message } of issues) return failure(problem('admission/policies', `policy ${name}: ${at}: ${message}`));
  return ok({ policies: policySet([...builtIn, ...policies]), resources });
}

/** Writes the set so that a reader sees the old file or the new one. A disk that is full is no reason to stop. */
function keep(file: string | undefined, resources: readonly Resource[]): void {
  if (file === undefined || resources.length === 0) return;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify({ kind: 'PolicySet', objects: resources.map(({ object }) => object) }), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // The set in memory is in force all the same; the next change tries again.
  }
}

function restore({ lastKnownGood, builtIn, minor }: PolicyFiles): Loaded | undefined {
  if (lastKnownGood === undefined) return undefined;
  let value: Json;
  try {
    value = JSON.parse(readFileSync(lastKnownGood, 'utf8'));
  } catch {
    return undefined;
  }
  const objects = asList(field(value, 'objects')).filter((object): object is KubeObject => isKubeObject(object));
  const result = compiled(
    objects.map((object) => resource(object, { kind: 'memory' })),
    builtIn,
    minor,
  );
  return objects.length > 0 && result.ok ? result.value : undefined;
}

/** What the files look like from outside: changes whenever one of them does. */
export function signature(paths: readonly string[]): string {
  return walk(paths)
    .found.map(({ path }) => {
      const { mtimeMs = 0, size = 0, ino = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
      return `${path} ${mtimeMs} ${size} ${ino}`;
    })
    .join('\n');
}
