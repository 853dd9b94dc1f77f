// Running commands in a container is being the program: its token, its mounts, its network place.
// `pods/*` in a rule grants nothing of the kind, `*/exec` does: see identity/rules.ts.

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';
import { streamRights } from './streams.ts';

export const podsExec = right({
  id: 'identity/pods-exec',
  aliases: ['C-0002', 'KSV-0053', 'CKV2_K8S_2', 'rolePodExecAttach', 'clusterrolePodExecAttach'],
  severity: 'high',
  title: 'No role runs commands in containers',
  why: 'A command in a container has the token, the files and the network place of its program, and leaves no trace in any manifest.',
  fix: 'Keep `pods/exec` for people who debug, bound for the time they need it, and away from service accounts.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1609', 'matrix:MS-TA9006', 'owasp:K03'],
  lets: 'run commands in containers',
  rights: streamRights('pods/exec'),
  throughStars: true,
  examples: {
    pass: () => [harmless(), inNamespace(rule('', ['pods'], ['get', 'list'])), inNamespace(rule('', ['pods/exec'], ['get']))],
    fail: () => [inNamespace(rule('', ['pods/exec'], ['create'])), clusterWide(rule('', ['*/exec'], ['create']))],
  },
});
