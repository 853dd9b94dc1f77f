// git-sync runs the program named by `GITSYNC_GIT` or `--git`: who may change that value runs code in the container, with its token and its
// volumes. Akamai, "Command injection through git-sync", 2024.

import type { Container } from '../../kube/pod/types.ts';
import { asString } from '../../lib/json.ts';
import { control, fail, type Outcome, pods } from '../control.ts';
import { cluster, container, deployment, withContainer } from '../examples.ts';
import { blame } from './effective.ts';

export const gitSyncCommand = control({
  id: 'workload/git-sync-command',
  aliases: ['CKV_K8S_159'],
  severity: 'high',
  title: 'git-sync runs its own git',
  why: 'The value is run as a program: a person with the right to edit the workload, or the file it comes from, runs code with its identity.',
  fix: 'Remove `GITSYNC_GIT` and `--git`; the image has the right program.',
  frameworks: ['attack:T1609', 'owasp:K01'],
  on: pods,
  check: ({ containers }) => containers.flatMap((container) => [...ofEnvironment(container), ...ofArguments(container)]),
  examples: {
    pass: () => [cluster(deployment()), cluster(withContainer({ env: [{ name: 'GITSYNC_REPO', value: 'https://git.example.com/shop' }] }))],
    fail: () => [
      cluster(withContainer({ env: [{ name: 'GITSYNC_GIT', value: '/tmp/git' }] })),
      cluster(
        withContainer({
          image: String(container().image).replace('shop/app:1.4.2', 'git-sync/git-sync:v4.2.4'),
          args: ['--git=/tmp/git'],
        }),
      ),
    ],
  },
});

function ofEnvironment(container: Container): readonly Outcome[] {
  return container.env
    .filter(({ spec }) => asString(spec.name) === 'GITSYNC_GIT')
    .map(({ path }) =>
      fail(path, 'environment', `container "${container.name}" lets GITSYNC_GIT choose the program that is run`, {
        container: container.name,
      }),
    );
}

function ofArguments(container: Container): readonly Outcome[] {
  if (container.image?.includes('git-sync') !== true) return [];
  return (['command', 'args'] as const).flatMap((list) =>
    container[list].flatMap((word, index) =>
      /^--?git(?:=|$)/.test(word)
        ? [blame(container, `/${list}/${index}`, 'argument', `container "${container.name}" chooses the program that git-sync runs`)]
        : [],
    ),
  );
}
