// The kustomizations of a scan: which of them are rendered, and which files they take in, so that nothing is judged a second time as it stands.

import { posix } from 'node:path';
import type { SourceText } from './archive.ts';
import { closure, type Kustomization, type Kustomizations, kustomizationGraph, readKustomization } from './kustomization.ts';
import type { Source } from './render.ts';

const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export interface KustomizationPlan {
  readonly graph: Kustomizations;
  /** What to render, by source. */
  readonly sources: ReadonlyMap<Source, Kustomization>;
  /** Paths of the kustomization files. */
  readonly files: ReadonlySet<string>;
}

/** Plans over the kustomization files of a scan. `read` gives the text of a path that lies outside, if there is one. */
export function planKustomizations(
  texts: readonly SourceText[],
  asked: ReadonlySet<string>,
  read: (path: string) => SourceText | undefined,
): KustomizationPlan {
  const found = texts.flatMap(({ path, text }) => readKustomization(path, text) ?? []);
  const archived = new Set(texts.filter((text) => text.archived).map((text) => text.path));
  const graph = kustomizationGraph(found, (folder) => {
    for (const name of names) {
      const text = read(posix.join(folder, name));
      if (text !== undefined) return readKustomization(text.path, text.text);
    }
    return undefined;
  });
  const sources = new Map<Source, Kustomization>();
  for (const item of graph.outermost) {
    const remote = closure(item, graph.all).flatMap((inner) => inner.remote)[0];
    const hindrance = archived.has(item.file)
      ? 'it lies in an archive, which is not unpacked'
      : remote === undefined
        ? undefined
        : `it takes ${remote} from the network`;
    const askedFor = asked.has(item.folder) || asked.has(item.file);
    sources.set(
      { kind: 'kustomization', path: item.folder, name: '', shown: item.folder.replace('!/', '!'), asked: askedFor, hindrance },
      item,
    );
  }
  return { graph, sources, files: new Set(found.map((item) => item.file)) };
}

/** The files that a kustomization takes in, through others too. */
export function takenIn(item: Kustomization, graph: Kustomizations): readonly string[] {
  return closure(item, graph.all).flatMap((inner) => inner.takes.filter((path) => !graph.all.has(path)));
}
