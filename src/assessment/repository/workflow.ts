// What a workflow of GitHub Actions says: the actions it uses and how they are pinned, its permissions, the commands of its steps.
// Documentation "Workflow syntax for GitHub Actions". Expressions are not evaluated; composite and reusable workflows are not followed.

import { asList, asObject, asString, field, isObject, type Json } from '../../lib/json.ts';
import { documentsOf, type RepositoryFile } from './file.ts';

export interface Workflow {
  readonly file: RepositoryFile;
  /** `uses:` of steps and jobs, with the line they stand in. */
  readonly uses: readonly { readonly text: string; readonly line: number }[];
  /** Commands of steps, in lower case, and the names of the actions used: what is looked through for tools. */
  readonly words: string;
  /** What is written of the rights of its token. */
  readonly permissions: 'absent' | 'narrow' | 'write-all';
}

/** The workflow a file holds; undefined where it holds none. */
export function workflowOf(file: RepositoryFile): Workflow | undefined {
  const workflow = documentsOf(file).find((document) => isObject(field(document, 'jobs')));
  if (workflow === undefined) return undefined;
  const jobs = Object.values(asObject(field(workflow, 'jobs')));
  const steps = jobs.flatMap((job) => asList(field(job, 'steps')));
  const used = [...steps, ...jobs].flatMap((one) => asString(field(one, 'uses')) ?? []);
  const lines = linesOfUses(file.text);
  const commands = steps.map((step) => asString(field(step, 'run')) ?? '');
  return {
    file,
    uses: used.map((text) => ({ text, line: lines.get(text) ?? 1 })),
    words: [...commands, ...used].join('\n').toLowerCase(),
    permissions: permissionsOf(field(workflow, 'permissions'), jobs),
  };
}

/** Where each action is first named. */
function linesOfUses(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [index, line] of text.split('\n').entries()) {
    const [, name] = /\buses:[ \t]*["']?([^\s"'#,}]{1,500})/.exec(line) ?? [];
    if (name !== undefined && !found.has(name)) found.set(name, index + 1);
  }
  return found;
}

function permissionsOf(top: Json | undefined, jobs: readonly unknown[]): Workflow['permissions'] {
  const all = [top, ...jobs.map((job) => field(job, 'permissions'))];
  if (all.includes('write-all')) return 'write-all';
  return top !== undefined || (jobs.length > 0 && jobs.every((job) => field(job, 'permissions') !== undefined)) ? 'narrow' : 'absent';
}

/** True for an action that cannot change under its user: a local one, or one named by a whole commit or an image by digest. */
export function isPinned(uses: string): boolean {
  return uses.startsWith('./') || /@[0-9a-f]{40}$/.test(uses) || /^docker:\/\/.*@sha256:[0-9a-f]{64}$/.test(uses);
}
