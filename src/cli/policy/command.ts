// `cofferdam policy eval`, `test`, `bench`, `backtest` and `emit`: their words and flags.

import { clusterFlags } from '../cluster-flags.ts';
import type { Command, Flag } from '../command.ts';
import { common } from '../flags.ts';

const policies: Flag = {
  flags: '-p, --policy <path>',
  description: 'policies and bindings: a file or a folder (default: those among the objects)',
  repeatable: true,
};
const version: Flag = {
  flags: '--kubernetes-version <version>',
  description: "whose semantics apply (default: the cluster's, else the newest known)",
};
const bind: Flag = {
  flags: '--bind',
  description: 'judge by policies without a binding, too, as if they were bound everywhere and refused',
};
const podSecurity: Flag = { flags: '--pod-security', description: 'also apply Pod Security Admission by the labels of namespaces' };
const output = (formats: string): Flag => ({ flags: '-o, --output <format[=file]>', description: formats, repeatable: true });
/** `--as` names whom the requests come from. */
const reading: readonly Flag[] = clusterFlags.filter(({ flags }) => !flags.startsWith('--as'));
const who: readonly Flag[] = [
  { flags: '--as <user>', description: 'whom the requests come from (default: an administrator)' },
  { flags: '--as-group <group>', description: "the user's groups; system:authenticated is added", repeatable: true },
];

const policyEval: Command = {
  name: 'policy eval',
  summary: 'what admission policies say of objects, as the API server would; exit status 1 where something is refused',
  words: '[path...]',
  flags: [
    policies,
    bind,
    podSecurity,
    { flags: '--review <file>', description: 'an AdmissionReview in place of objects; - for stdin', repeatable: true },
    { flags: '--all', description: 'show rules that hold, too' },
    ...who,
    ...reading,
    version,
    output('table, json'),
    ...common,
  ],
  examples: [
    'cofferdam policy eval -p policies/ manifests/',
    'cofferdam policy eval -p replicas.yaml --bind deployment.yaml -o json',
    'cofferdam policy eval -p candidate/ -A --context production',
    'cofferdam policy eval -p policies/ --review review.json',
  ],
  load: () => import('./eval.ts'),
};

const policyTest: Command = {
  name: 'policy test',
  summary: 'run test suites of policies; exit status 1 where a case fails',
  words: '[path...]',
  flags: [policies, podSecurity, version, output('table, json, junit'), ...common],
  examples: ['cofferdam policy test tests/', 'cofferdam policy test cases.jsonl -o junit=report.xml'],
  load: () => import('./test.ts'),
};

const policyBench: Command = {
  name: 'policy bench',
  summary: 'what each policy costs on these objects',
  words: '[path...]',
  flags: [
    policies,
    bind,
    { flags: '--seconds <number>', description: 'how long to measure (default: 1)' },
    ...who,
    ...reading,
    version,
    output('table, json'),
    ...common,
  ],
  examples: ['cofferdam policy bench -p policies/ manifests/'],
  load: () => import('./bench.ts'),
};

const policyBacktest: Command = {
  name: 'policy backtest',
  summary: 'replay audit logs or AdmissionReviews through candidate policies: what would be refused that was let in',
  words: '[path...]',
  flags: [
    policies,
    bind,
    {
      flags: '--audit <file>',
      description: 'audit events or AdmissionReviews as JSON lines, gzipped or not; - for stdin',
      repeatable: true,
    },
    ...reading,
    version,
    output('table, json'),
    ...common,
  ],
  examples: [
    'cofferdam policy backtest -p candidate/ --audit audit.log.gz',
    'cofferdam policy backtest -p candidate/ --audit audit.log cluster.json.gz -o json',
  ],
  load: () => import('./backtest.ts'),
};

const policyEmit: Command = {
  name: 'policy emit',
  summary: 'controls as ValidatingAdmissionPolicies with bindings, for kubectl apply',
  words: '[control...]',
  flags: [
    {
      flags: '--action <action>',
      description: 'what a denial does: warn (default), deny, audit; deny,audit and warn,audit do both',
      repeatable: true,
    },
    {
      flags: '--except-namespace <name>',
      description: 'namespaces the bindings leave out (default: kube-system, kube-public, kube-node-lease)',
      repeatable: true,
    },
    { flags: '--ignore-failures', description: 'admit where a policy cannot be evaluated (failurePolicy: Ignore)' },
    output('yaml (default), json, table'),
    ...common,
  ],
  examples: [
    'cofferdam policy emit | kubectl apply -f -',
    'cofferdam policy emit workload/privileged workload/host-path --action deny,audit',
  ],
  load: () => import('./emit.ts'),
};

export const policyCommands: readonly Command[] = [policyEval, policyTest, policyBench, policyBacktest, policyEmit];
