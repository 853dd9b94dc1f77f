// Files of a repository that say how things are built and shipped: workflows, pipelines, Dockerfiles. Read as they are, never run.

import { parseYaml } from '../../kube/yaml/parse.ts';
import type { Json } from '../../lib/json.ts';

export type RepositoryFileKind = 'github-workflow' | 'gitlab-pipeline' | 'dockerfile' | 'code-owners' | 'dependency-updates';

export interface RepositoryFile {
  readonly kind: RepositoryFileKind;
  /** Path with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/**
 * What a file is by its path; undefined for files that say nothing here. `kindOfFile('a/.github/workflows/ci.yml')` is `'github-workflow'`.
 */
export function kindOfFile(path: string): RepositoryFileKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) return 'github-workflow';
  if (name === '.gitlab-ci.yml') return 'gitlab-pipeline';
  if (/^(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?$|\.[Dd]ockerfile$/.test(name)) return 'dockerfile';
  if (name === 'CODEOWNERS') return 'code-owners';
  if (/^(?:dependabot\.ya?ml|renovate\.json5?|\.renovaterc(?:\.json)?)$/.test(name)) return 'dependency-updates';
  return undefined;
}

const documents = new WeakMap<RepositoryFile, readonly Json[]>();

/** The YAML documents of a file; broken ones are left out. */
export function documentsOf(file: RepositoryFile): readonly Json[] {
  let read = documents.get(file);
  if (read === undefined) {
    read = parseYaml(file.text, file.path).documents.map(({ value }) => value as Json);
    documents.set(file, read);
  }
  return read;
}
