// Attaching to a container reads what its program prints and writes to its standard input: a shell, where the program is one.

import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';
import { streamRights } from './streams.ts';

export const podsAttach = right({
  id: 'identity/pods-attach',
  aliases: ['KSV-0054', 'rolePodExecAttach', 'clusterrolePodExecAttach'],
  severity: 'medium',
  title: 'No role attaches to containers',
  why: 'Attaching reads what a program prints and types into its standard input, which is a shell where the program is one.',
  fix: 'Keep `pods/attach` for people who debug, bound for the time they need it.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1609', 'matrix:MS-TA9006', 'owasp:K03'],
  lets: 'attach to containers',
  rights: streamRights('pods/attach'),
  examples: {
    pass: () => [harmless()],
    fail: () => [clusterWide(rule('', ['pods/attach'], ['create']))],
  },
});
