// `cofferdam who-can`, `can`, `permissions`, `rbac minimize` and `rbac review`: their words and flags. `--as` names the one the question is about;
// nobody is impersonated, so these commands leave the cluster flags of that name out. `-n` is the namespace of the question, too.

import type { Command, Flag } from '../command.ts';
import { common } from '../flags.ts';
import { cloudFlag } from './cloud-flag.ts';

const input: readonly Flag[] = [
  { flags: '-f, --filename <path>', description: 'read manifests or a saved snapshot: a file, a folder, or - for stdin', repeatable: true },
  { flags: '--kubeconfig <file>', description: 'read a live cluster: the kubeconfig to use (default: $KUBECONFIG, else ~/.kube/config)' },
  { flags: '--context <name>', description: "read a live cluster: the kubeconfig's context (default: the current one)" },
  { flags: '-o, --output <format[=file]>', description: 'table, json', repeatable: true },
  { flags: '--kubernetes-version <version>', description: "whose semantics apply (default: the cluster's, else the newest known)" },
];

const place: readonly Flag[] = [
  { flags: '-n, --namespace <name>', description: 'in this namespace (default: the whole cluster)' },
  { flags: '--url <path>', description: 'a path that is no resource, such as /metrics, in place of RESOURCE' },
];

const who: readonly Flag[] = [
  { flags: '--as <user>', description: 'whom the question is about: a user, or system:serviceaccount:NAMESPACE:NAME' },
  { flags: '--as-group <group>', description: "the user's groups; system:authenticated is added, as the server does", repeatable: true },
];

export const whoCan: Command = {
  name: 'who-can',
  summary: 'who may do something: every subject, with the bindings, roles and rules behind it',
  words: '<verb> [resource] [name] [path...]',
  flags: [
    ...place,
    { flags: '-A, --all-namespaces', description: 'in any namespace; the default unless -n is given; without paths: of the live cluster' },
    cloudFlag,
    ...input,
    ...common,
  ],
  examples: [
    'cofferdam who-can create pods/exec -A',
    'cofferdam who-can get secrets db-password -n shop -f manifests/',
    'cofferdam who-can get --url /metrics -f cluster.json.gz',
  ],
  load: async () => ({ run: (await import('./who-can.ts')).run }),
};

export const can: Command = {
  name: 'can',
  summary: 'whether somebody may do something, and why: exit status 0 for yes, 1 for no',
  words: '<verb> [resource] [name] [path...]',
  flags: [
    ...who,
    ...place,
    { flags: '--authorization-config <file>', description: "the API server's AuthorizationConfiguration; webhooks are named, not asked" },
    { flags: '--authorization-mode <modes>', description: "the API server's modes, such as Node,RBAC (the default)" },
    { flags: '--authorization-policy-file <file>', description: 'the policies of the mode ABAC' },
    ...input,
    ...common,
  ],
  examples: [
    'cofferdam can list secrets -n shop --as system:serviceaccount:shop:web --context production',
    'cofferdam can create deployments.apps -n shop --as jane --as-group dev -f manifests/',
  ],
  load: async () => ({ run: (await import('./can.ts')).run }),
};

export const permissions: Command = {
  name: 'permissions',
  summary: 'what somebody may do, rule by rule and where; or what everybody may',
  words: '[path...]',
  flags: [
    ...who,
    { flags: '--all', description: 'of every subject that some binding names' },
    { flags: '-n, --namespace <name>', description: 'only what holds in this namespace' },
    cloudFlag,
    ...input,
    ...common,
  ],
  examples: [
    'cofferdam permissions --as system:serviceaccount:shop:web --context production',
    'cofferdam permissions --all manifests/ -o json',
  ],
  load: async () => ({ run: (await import('./permissions.ts')).run }),
};

export const rbacMinimize: Command = {
  name: 'rbac minimize',
  summary: 'the least roles that allow what an audit log recorded, with the replay that proves it',
  words: '[path...]',
  flags: [
    {
      flags: '--audit <file>',
      description: 'an audit log: JSON lines, an EventList, or an export of EKS, AKS or GKE; .gz too',
      repeatable: true,
    },
    { flags: '--as <user>', description: 'only this user of the log' },
    { flags: '--with-denied', description: 'allow what was refused, too' },
    { flags: '--expand-verbs', description: 'reading verbs go together, and writing verbs: list also gives get and watch' },
    { flags: '--expand-names', description: 'two different names of a resource become any name' },
    { flags: '--expand-namespaces', description: 'two different namespaces become the whole cluster' },
    {
      flags: '-f, --filename <path>',
      description: 'the RBAC as it is: what groups give stays, what the plan closes is listed',
      repeatable: true,
    },
    { flags: '--kubeconfig <file>', description: 'the RBAC as it is, of a live cluster: the kubeconfig to use' },
    { flags: '--context <name>', description: "the RBAC as it is, of a live cluster: the kubeconfig's context" },
    { flags: '-o, --output <format[=file]>', description: 'table, json, yaml (the manifests)', repeatable: true },
    { flags: '--kubernetes-version <version>', description: "whose semantics apply (default: the cluster's, else the newest known)" },
    ...common,
  ],
  examples: [
    'cofferdam rbac minimize --audit audit.log',
    'cofferdam rbac minimize --audit audit.log --as system:serviceaccount:shop:web -f manifests/ -o yaml=least.yaml',
  ],
  load: async () => ({ run: (await import('./minimize.ts')).run }),
};

export const rbacReview: Command = {
  name: 'rbac review',
  summary: 'every grant as a reviewer sees it: what it gives, when it was last used, what is never used or given twice',
  words: '[path...]',
  flags: [
    { flags: '--audit <file>', description: 'audit logs, from which use is known', repeatable: true },
    { flags: '--only <kind>', description: 'unused, broad, duplicate, dangling, dangerous, new', repeatable: true },
    { flags: '--previous <file>', description: 'an earlier review (-o json): its reviewers and decisions are kept' },
    { flags: '--all', description: 'the grants that Kubernetes makes itself too' },
    ...input.map((flag) => (flag.flags.startsWith('-o') ? { ...flag, description: 'table, json, csv' } : flag)),
    ...common,
  ],
  examples: [
    'cofferdam rbac review --audit audit.log --context production',
    'cofferdam rbac review --audit audit.log -f cluster.json.gz -o csv=review.csv -o json=review.json',
    'cofferdam rbac review --only duplicate,dangling -f manifests/',
  ],
  load: async () => ({ run: (await import('./review.ts')).run }),
};

export const identities: Command = {
  name: 'identities',
  summary: 'who of a cloud is somebody in the cluster, and which service account is somebody in the cloud: EKS, AKS, GKE',
  words: '[path...]',
  flags: [cloudFlag, ...input, ...common],
  examples: [
    'cofferdam identities --context production --cloud cluster.json --cloud access-entry.json',
    'cofferdam identities -f cluster.json.gz --cloud aks.json',
  ],
  load: async () => ({ run: (await import('./identities.ts')).run }),
};
