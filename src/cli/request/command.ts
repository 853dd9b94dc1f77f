// `cofferdam request`: its words and flags. `--as` names the one who asks; nobody is impersonated.

import type { Command } from '../command.ts';
import { common } from '../flags.ts';

export const request: Command = {
  name: 'request',
  summary: "the API server's whole decision about a request, stage by stage, offline: exit status 0 for yes, 1 for no",
  words: '[verb] [path...]',
  flags: [
    { flags: '-f, --filename <object>', description: 'the object of the request; - for stdin' },
    { flags: '--as <user>', description: 'who asks: a user, or system:serviceaccount:NAMESPACE:NAME' },
    { flags: '--as-group <group>', description: "the user's groups; system:authenticated is added, as the server does", repeatable: true },
    { flags: '--review <file>', description: 'ask what an AdmissionReview holds, in place of -f and --as' },
    { flags: '-n, --namespace <name>', description: 'the namespace of the request (default: the one of the object, else default)' },
    { flags: '--subresource <name>', description: 'such as status or scale' },
    { flags: '--field-validation <mode>', description: 'unknown fields', choices: ['Strict', 'Warn', 'Ignore'], default: 'Strict' },
    { flags: '--enable-admission-plugins <names>', description: 'on beside the default ones', repeatable: true },
    { flags: '--disable-admission-plugins <names>', description: 'off, though on by default', repeatable: true },
    { flags: '--kubeconfig <file>', description: 'over a live cluster: the kubeconfig to use (default: $KUBECONFIG, else ~/.kube/config)' },
    { flags: '--context <name>', description: "over a live cluster: the kubeconfig's context (default: the current one)" },
    { flags: '--kubernetes-version <version>', description: "whose semantics apply (default: the cluster's, else the newest known)" },
    { flags: '-o, --output <format[=file]>', description: 'table, wide (with every change), json', repeatable: true },
    ...common,
  ],
  examples: [
    'cofferdam request -f pod.yaml --as jane --as-group dev cluster.json.gz',
    'cofferdam request update -f deployment.yaml --as system:serviceaccount:ci:deployer --context production',
    'cofferdam request --review review.json manifests/ -o json',
  ],
  load: async () => ({ run: (await import('./run.ts')).run }),
};
