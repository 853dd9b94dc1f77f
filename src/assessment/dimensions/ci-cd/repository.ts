// CI/CD: what a repository has beside its pipelines: Dockerfiles, owners of code, a tool that updates what it depends on.

import { type Check, type CheckContext, type Judgement, judged } from '../../check.ts';
import { fromOf, userOf } from '../../repository/dockerfile.ts';
import type { RepositoryFile } from '../../repository/file.ts';

const noDockerfile = 'no Dockerfile was seen';

export const repository: readonly Check[] = [
  judged(
    'ci-cd/base-images-fixed',
    {
      title: 'Base images are named by digest',
      fix: 'Write `FROM image:tag@sha256:…`.',
      weight: 3,
      needs: ['repository'],
      layer: 'code',
      phase: 'develop',
      nothing: noDockerfile,
    },
    function* ({ repository }) {
      for (const file of dockerfiles(repository))
        for (const { image, line } of fromOf(file.text))
          yield { verdict: image.includes('@sha256:') ? 'pass' : 'fail', file: file.path, line, detail: `FROM ${image}` };
    },
  ),
  judged(
    'ci-cd/images-without-root',
    {
      title: 'Images do not run as root',
      fix: 'Add `USER 10001` after the last `FROM`.',
      weight: 3,
      needs: ['repository'],
      layer: 'container',
      phase: 'develop',
      nothing: noDockerfile,
    },
    function* ({ repository }) {
      for (const file of dockerfiles(repository)) {
        const { user, line } = userOf(file.text);
        const root = user === undefined || /^(?:root|0)(?::|$)/.test(user);
        yield {
          verdict: root ? 'fail' : 'pass',
          file: file.path,
          line,
          detail: user === undefined ? 'names no USER: it runs as its base image does, usually root' : `USER ${user}`,
        };
      }
    },
  ),
  judged(
    'ci-cd/code-owners',
    {
      title: 'Changes have reviewers by path',
      fix: 'Add a CODEOWNERS file.',
      weight: 1,
      needs: ['repository'],
      layer: 'code',
      phase: 'develop',
    },
    inRepository('code-owners', 'CODEOWNERS file'),
  ),
  judged(
    'ci-cd/dependency-updates',
    {
      title: 'Dependencies are updated by a tool',
      fix: 'Set up Dependabot or Renovate.',
      weight: 1,
      needs: ['repository'],
      layer: 'code',
      phase: 'develop',
    },
    inRepository('dependency-updates', 'setting of Dependabot or Renovate'),
  ),
];

function dockerfiles(repository: readonly RepositoryFile[]): readonly RepositoryFile[] {
  return repository.filter(({ kind }) => kind === 'dockerfile');
}

/** Whether the repository has a file of a kind. */
function inRepository(kind: RepositoryFile['kind'], what: string): (context: CheckContext) => readonly Judgement[] {
  return ({ repository }) => [
    present(
      repository.some((file) => file.kind === kind),
      what,
    ),
  ];
}

function present(there: boolean, what: string): Judgement {
  return { verdict: there ? 'pass' : 'fail', detail: `there is ${there ? 'a' : 'no'} ${what}` };
}
