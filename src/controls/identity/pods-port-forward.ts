// Port forwarding reaches any port of a pod, those that listen on localhost included, past every NetworkPolicy.

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';
import { streamRights } from './streams.ts';

export const podsPortForward = right({
  id: 'identity/pods-port-forward',
  aliases: ['C-0063'],
  severity: 'medium',
  title: 'No role forwards ports of pods',
  why: 'A forwarded port reaches what listens in the pod, on localhost too, and no NetworkPolicy applies to it.',
  fix: 'Keep `pods/portforward` for people who debug, bound for the time they need it.',
  frameworks: ['nsa:authentication-and-authorization', 'matrix:MS-TA9034', 'owasp:K03'],
  lets: 'reach every port of pods',
  rights: streamRights('pods/portforward'),
  throughStars: true,
  examples: {
    pass: () => [harmless()],
    fail: () => [clusterWide(rule('', ['pods/portforward'], ['create'])), inNamespace(rule('', ['*/portforward'], ['create']))],
  },
});
