// A rule with a star for verbs and a star for resources, in the core group or in all of them: an administrator under another name.
// Rules with one star only are judged by wildcard-verbs, wildcard-resources and wildcard-api-groups.

import { control } from '../control.ts';
import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { allRoles } from './right.ts';
import { rights } from './rights.ts';
import { isEverything, judgeRules } from './wildcards.ts';

export const wildcardRights = control({
  id: 'identity/wildcard-rights',
  aliases: ['C-0035', 'C-0187', 'KSV-0044', 'KSV-0046', 'KSV-0112', 'wildcard-in-rules', 'CKV_K8S_49'],
  severity: 'critical',
  title: 'No role allows every verb on every resource',
  why: 'Every verb on every resource includes reading Secrets, running code and making oneself more powerful, in whatever is added later too.',
  fix: 'List the verbs and resources that are used; an audit log says which ones they are.',
  frameworks: [
    'cis:5.1.3',
    'nsa:authentication-and-authorization',
    'attack:T1098.006',
    'matrix:MS-TA9019',
    'owasp:K03',
    'bsi:APP.4.4.A9',
    'pci:2.1.a',
  ],
  on: allRoles,
  check: judgeRules((one) =>
    isEverything(one)
      ? { path: `/verbs/${one.verbs.indexOf('*')}`, reason: 'everything', allows: 'every verb on every resource' }
      : undefined,
  ),
  examples: {
    pass: () => [harmless()],
    fail: () => [clusterWide(rule('*', ['*'], ['*'])), inNamespace(rule('', ['pods', '*'], ['get', '*']))],
  },
  overlaps: rights.map((entry) => entry.id),
});
