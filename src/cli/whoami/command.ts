// `cofferdam whoami`: its words and flags. A credential is read from a file or from standard input, never from the command line, where
// others could see it.

import type { Command } from '../command.ts';
import { serverFlags } from '../credential/flags.ts';
import { common } from '../flags.ts';

export const whoami: Command = {
  name: 'whoami',
  summary: 'whom a token, certificate or kubeconfig stands for: user, groups and extras, offline',
  words: '[path...]',
  flags: [
    { flags: '--token <file>', description: 'a bearer token, in a file; - for stdin' },
    { flags: '--certificate <file>', description: 'a client certificate, as PEM' },
    { flags: '--kubeconfig <file>', description: 'the credential of a kubeconfig (default: $KUBECONFIG, else ~/.kube/config)' },
    { flags: '--context <name>', description: "the kubeconfig's context (default: the current one)" },
    ...serverFlags,
    {
      flags: '-f, --filename <path>',
      description: 'objects that tokens are bound to: manifests or a saved snapshot',
      repeatable: true,
    },
    { flags: '-o, --output <format[=file]>', description: 'table, json', repeatable: true },
    { flags: '--kubernetes-version <version>', description: 'whose semantics apply (default: the newest known)' },
    ...common,
  ],
  examples: [
    'cofferdam whoami --context production',
    'cofferdam whoami --token token.jwt --authentication-config authentication.yaml',
    'kubectl create token web | cofferdam whoami --token -',
  ],
  load: async () => ({ run: (await import('./run.ts')).run }),
};
