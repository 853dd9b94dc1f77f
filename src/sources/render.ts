// Which kustomizations and charts of a scan are rendered, by which program, and what came of each. Outermost kustomizations only: a base is
// judged as its overlays deploy it. What is not rendered is named with the reason, and its plain files are judged as they stand.

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type Problem, problem } from '../lib/problem.ts';
import { failure, type Result } from '../lib/result.ts';
import { maxUnaskedRenderings } from './limits.ts';
import { findTool, runTool } from './tools.ts';

/** `auto`: with the tools on the search path, unless a walk meets too many; `always`: however many; `never`: not at all. */
export type RenderMode = 'auto' | 'always' | 'never';

export interface RenderOptions {
  readonly mode: RenderMode;
  readonly searchPath: string;
  readonly kubernetesVersion?: string | undefined;
}

/** Something to render. */
export interface Source {
  readonly kind: 'kustomization' | 'chart';
  /** The folder, or the archive of a chart. */
  readonly path: string;
  /** The path as reports show it; files of the source begin with it. */
  readonly shown: string;
  /** For charts: the name of the release. */
  readonly name: string;
  /** True where the user gave this very path. */
  readonly asked: boolean;
  /** Why it cannot be rendered whatever is installed. */
  readonly hindrance?: string | undefined;
}

export interface Rendering {
  readonly source: Source;
  /** The manifests; undefined where there are none, and a problem says why. */
  readonly text: string | undefined;
}

export interface Rendered {
  readonly renderings: readonly Rendering[];
  readonly problems: readonly Problem[];
}

/** Renders what should be rendered. Renderings and problems come in the order of `sources`, whichever program ends first. */
export async function render(sources: readonly Source[], options: RenderOptions): Promise<Rendered> {
  const unasked = sources.filter((source) => !source.asked).length;
  const tooMany = options.mode === 'auto' && unasked > maxUnaskedRenderings;
  const left = sources.filter((source) => source.asked || !tooMany);
  const commands = {
    kustomization: left.some(({ kind }) => kind === 'kustomization') ? kustomizeCommand(options) : undefined,
    chart: left.some(({ kind }) => kind === 'chart') ? helmCommand(options) : undefined,
  };
  const results = await inTurn(left, (source) => renderOne(source, commands[source.kind], options.mode));
  const renderings = new Map(left.map((source, index) => [source, results[index]]));
  return {
    renderings: sources.map((source) => {
      const result = renderings.get(source);
      return { source, text: result?.ok === true ? result.value : undefined };
    }),
    problems: [
      ...(tooMany ? [problem('input/skipped', tooManyText(unasked), undefined, 'warning')] : []),
      ...results.flatMap((result) => (result.ok ? [] : [result.problem])),
    ],
  };
}

async function renderOne(source: Source, command: Command | undefined, mode: RenderMode): Promise<Result<string>> {
  if (mode === 'never') return failure(say('input/skipped', source, 'not rendered: rendering is switched off'));
  if (source.hindrance !== undefined) return failure(say('input/skipped', source, `not rendered: ${source.hindrance}`));
  if (command === undefined) return failure(say('input/skipped', source, `not rendered: ${toolsFor[source.kind]} on the PATH`));
  const text = await runTool(command.program, command.words(source));
  return text.ok ? text : failure(say('input/render-failed', source, `could not be rendered: ${text.problem}`));
}

const toolsFor = { kustomization: 'there is neither kustomize nor kubectl', chart: 'there is no helm' } as const;

interface Command {
  readonly program: string;
  readonly words: (source: Source) => readonly string[];
}

function kustomizeCommand({ searchPath }: RenderOptions): Command | undefined {
  const kustomize = findTool('kustomize', searchPath);
  if (kustomize !== undefined) return { program: kustomize, words: ({ path }) => ['build', resolve(path)] };
  const kubectl = findTool('kubectl', searchPath);
  return kubectl === undefined ? undefined : { program: kubectl, words: ({ path }) => ['kustomize', resolve(path)] };
}

function helmCommand({ searchPath, kubernetesVersion }: RenderOptions): Command | undefined {
  const helm = findTool('helm', searchPath);
  const version = kubernetesVersion === undefined ? [] : ['--kube-version', kubernetesVersion];
  return helm === undefined ? undefined : { program: helm, words: ({ path, name }) => ['template', name, resolve(path), ...version] };
}

function tooManyText(count: number): string {
  const what = `${count} kustomizations and charts are not rendered, more than the ${maxUnaskedRenderings} that are rendered unasked`;
  return `${what}: name the ones you deploy; plain files were judged as they stand`;
}

function say(code: 'input/skipped' | 'input/render-failed', { shown, kind }: Source, text: string): Problem {
  return problem(code, `${shown}: ${kind} ${text}`, { file: shown, line: 1, column: 1 }, 'warning');
}

/** Works through a list with as many workers as there are processors. */
async function inTurn<T, R>(list: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = list.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 8) }, worker));
  return results;
}
