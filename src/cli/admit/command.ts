// `cofferdam admit`: its words and flags.

import type { Command } from '../command.ts';
import { common } from '../flags.ts';

export const admit: Command = {
  name: 'admit',
  summary: 'the admission webhook: judges what is written to a cluster, by policies and controls, before it is stored',
  words: '',
  flags: [
    { flags: '--tls-cert <file>', description: 'the serving certificate, PEM; read again when it changes' },
    { flags: '--tls-key <file>', description: 'its key, PEM' },
    { flags: '--listen <address>', description: 'where reviews are answered', default: '0.0.0.0:8443' },
    {
      flags: '--health-listen <address>',
      description: 'plain HTTP for /livez, /readyz and /metrics; "none" for none',
      default: '0.0.0.0:8081',
    },
    { flags: '--client-ca <file>', description: 'ask clients for a certificate of this authority, PEM' },
    { flags: '--client-name <name>', description: 'the common name that such a certificate must have', repeatable: true },
    {
      flags: '--policies <path>',
      description: 'files or folders of ValidatingAdmissionPolicies, MutatingAdmissionPolicies, their bindings and parameters',
      repeatable: true,
    },
    {
      flags: '--pod-security <level>',
      description: 'hold every pod to this level, whatever its namespace says',
      choices: ['baseline', 'restricted'],
    },
    {
      flags: '--deny <severity>',
      description: 'deny what controls find from this severity on',
      choices: ['critical', 'high', 'medium', 'low'],
    },
    {
      flags: '--warn <severity>',
      description: 'warn of what controls find from this severity on',
      choices: ['critical', 'high', 'medium', 'low'],
    },
    { flags: '--control <id>', description: 'only these controls, by any of their names', repeatable: true },
    { flags: '--skip-control <id>', description: 'all controls but these', repeatable: true },
    { flags: '--waivers <file>', description: 'a file of waivers; those written on objects do not count here', repeatable: true },
    {
      flags: '--failure-policy <policy>',
      description: 'what an error in controls or --pod-security means',
      choices: ['Fail', 'Ignore'],
      default: 'Fail',
    },
    {
      flags: '--exclude-namespace <name>',
      description: "judge nothing there; the webhook's own, from POD_NAMESPACE, is always left out",
      repeatable: true,
    },
    { flags: '--no-cluster', description: 'do not watch the cluster; namespaces and parameters only from --policies' },
    { flags: '--kubeconfig <file>', description: 'the cluster to watch (default: the one this runs in, else the current context)' },
    { flags: '--context <name>', description: "the kubeconfig's context" },
    { flags: '--state <folder>', description: 'keep the last right set of policies there' },
    { flags: '--break-glass-keys <file>', description: 'public keys of those who may sign break-glass tokens, PEM' },
    {
      flags: '--deadline <duration>',
      description: 'the longest a review may take, below the timeout that the API server states',
      default: '2s',
    },
    {
      flags: '--grace <duration>',
      description: 'go on answering for this long after SIGTERM, until no one sends reviews here',
      default: '8s',
    },
    { flags: '--records <file>', description: 'append records of denials, errors and break-glass; "-" is stdout', default: '-' },
    { flags: '--generated-code', description: 'evaluate CEL by generated code: the same answers in half the time' },
    { flags: '--kubernetes-version <version>', description: 'whose semantics apply, such as 1.34 (default: the newest known)' },
    ...common,
  ],
  examples: [
    'cofferdam admit --tls-cert tls.crt --tls-key tls.key --policies policies/ --warn high',
    'cofferdam admit --tls-cert tls.crt --tls-key tls.key --pod-security baseline --deny critical --no-cluster',
  ],
  load: () => import('./run.ts'),
};
