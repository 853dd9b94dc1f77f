// `cofferdam request`: its words and flags. `--as` names the one who asks; whom the caller acts as is `--impersonate`.

import { admissionFlags } from '../admission-flags.ts';
import type { Command } from '../command.ts';
import { serverFlags } from '../credential/flags.ts';
import { featureFlags } from '../feature-flags.ts';
import { common } from '../flags.ts';

export const request: Command = {
  name: 'request',
  summary: "the API server's whole decision about a request, stage by stage, offline: exit status 0 for yes, 1 for no",
  words: '[verb] [path...]',
  flags: [
    { flags: '-f, --filename <path>', description: 'what is sent: objects, a folder of them, or a patch; - for stdin', repeatable: true },
    { flags: '--as <user>', description: 'who asks: a user, or system:serviceaccount:NAMESPACE:NAME' },
    { flags: '--as-group <group>', description: "the user's groups; system:authenticated is added, as the server does", repeatable: true },
    { flags: '--token <file>', description: 'who asks, by a bearer token in a file, in place of --as' },
    { flags: '--certificate <file>', description: 'who asks, by a client certificate as PEM, in place of --as' },
    { flags: '--impersonate <user>', description: 'whom the caller acts as: the Impersonate-User header' },
    { flags: '--impersonate-group <group>', description: 'with these groups', repeatable: true },
    { flags: '--impersonate-uid <uid>', description: 'with this UID' },
    { flags: '--impersonate-extra <key=value>', description: 'with these extra fields', repeatable: true },
    ...serverFlags,
    { flags: '--review <file>', description: 'ask what an AdmissionReview holds, in place of -f and --as' },
    { flags: '-n, --namespace <name>', description: 'the namespace of the request (default: the one of the object, else default)' },
    { flags: '--subresource <name>', description: 'such as status or ephemeralcontainers' },
    { flags: '--path <path>', description: 'the path of the request, where the object does not say it: of a Scale, of a JSON patch' },
    { flags: '--type <type>', description: 'of a patch (default: as kubectl chooses)', choices: ['strategic', 'merge', 'json'] },
    { flags: '--field-manager <name>', description: 'who owns the fields that are set', default: 'cofferdam' },
    { flags: '--force-conflicts', description: 'apply, though others own fields' },
    { flags: '--cascade <policy>', description: 'of a deletion', choices: ['background', 'foreground', 'orphan'] },
    { flags: '--grace-period <seconds>', description: 'of a deletion' },
    { flags: '--field-validation <mode>', description: 'unknown fields', choices: ['Strict', 'Warn', 'Ignore'], default: 'Strict' },
    ...admissionFlags,
    ...featureFlags,
    { flags: '--kubeconfig <file>', description: 'over a live cluster: the kubeconfig to use (default: $KUBECONFIG, else ~/.kube/config)' },
    { flags: '--context <name>', description: "over a live cluster: the kubeconfig's context (default: the current one)" },
    { flags: '--kubernetes-version <version>', description: "whose semantics apply (default: the cluster's, else 1.36)" },
    { flags: '-o, --output <format[=file]>', description: 'table, wide (with every change), json', repeatable: true },
    ...common,
  ],
  examples: [
    'cofferdam request -f pod.yaml --as jane --as-group dev cluster.json.gz',
    'cofferdam request update -f deployment.yaml --as system:serviceaccount:ci:deployer --context production',
    'cofferdam request apply -f release.yaml --token ci.jwt --impersonate deployer snapshot.json.gz',
    'cofferdam request --review review.json manifests/ -o json',
  ],
  load: async () => ({ run: (await import('./run.ts')).run }),
};
