// Logs hold what programs should not have written: tokens, queries, personal data. A review control, off by default: many roles read logs
// for good reason.

import { harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const logsRead = right({
  id: 'identity/logs-read',
  aliases: [],
  severity: 'low',
  title: 'No role reads the logs of every pod',
  why: 'Programs write credentials and personal data into their logs, and reading them needs no access to Secrets.',
  fix: 'Send logs to a store with rules of its own, and drop `pods/log` from roles that only watch pods.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1552', 'owasp:K03'],
  enabled: false,
  lets: 'read the logs of pods',
  rights: [{ verbs: ['get'], group: '', resources: ['pods/log'] }],
  examples: {
    pass: () => [harmless()],
    fail: () => [inNamespace(rule('', ['pods/log'], ['get']))],
  },
});
