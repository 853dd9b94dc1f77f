// `cofferdam paths`: its words and flags, and those that `fixes` and `what-if` share with it.

import { clusterFlags } from '../cluster-flags.ts';
import type { Command, Flag } from '../command.ts';
import { common } from '../flags.ts';

/** What an attacker starts with, and what must not be his. */
export const threatFlags: readonly Flag[] = [
  {
    flags: '--from <place>',
    description:
      'where attackers start: internet, pods, accounts, users, pod/NS/NAME, sa/NS/NAME, user/NAME, group/NAME, node/NAME, registry/HOST (default: internet and pods)',
    repeatable: true,
  },
  {
    flags: '--to <place>',
    description:
      'what must not be theirs: cluster-admin, secrets[/NS], secret/NS/NAME, node[/NAME], etcd, cloud, pod/NS/NAME, sa/NS/NAME, label:KEY=VALUE (default: cluster-admin, secrets, node, etcd, cloud)',
    repeatable: true,
  },
  { flags: '--known-only', description: 'leave out hops that something unread decides' },
  { flags: '--kubernetes-version <version>', description: 'whose semantics apply, such as 1.34' },
  { flags: '--no-render', description: 'do not run kustomize, kubectl or helm for folders that need them' },
];

export const paths: Command = {
  name: 'paths',
  summary: 'how an attacker gets from where he starts to everything, hop by hop, with the proof of each',
  words: '[path...]',
  flags: [
    { flags: '-o, --output <format[=file]>', description: 'table, json', repeatable: true },
    ...threatFlags,
    { flags: '--limit <number>', description: 'most paths in the table (default: 20)' },
    { flags: '--ways <number>', description: 'ways for each start and goal, the best first (default: 1)' },
    { flags: '--fail-on-path', description: 'exit 1 where there is a path' },
    ...clusterFlags,
    ...common,
  ],
  examples: [
    'cofferdam paths deploy/',
    'cofferdam paths -A --from internet --to cluster-admin',
    'cofferdam paths deploy/ --from pod/shop/web',
    'cofferdam paths deploy/ --from users --to secret/shop/db --ways 3',
  ],
  load: () => import('./run.ts'),
};
