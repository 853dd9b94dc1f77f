// Flags about admission that `request`, `simulate` and `diff --server` share: which plugins are on, their configuration, and whether webhooks are
// called. What they mean is read in `admission.ts`: every command's flags are loaded at every start.

import type { Flag } from './command.ts';

export const admissionFlags: readonly Flag[] = [
  { flags: '--enable-admission-plugins <names>', description: 'admission plugins that are on beside the default ones', repeatable: true },
  { flags: '--disable-admission-plugins <names>', description: 'admission plugins that are off, though on by default', repeatable: true },
  { flags: '--admission-control-config-file <file>', description: 'the configuration of admission plugins, as the API server takes it' },
  { flags: '--call-webhooks', description: 'call webhooks of admission and conversion; without it what they would say is not known' },
  {
    flags: '--webhook <service=url>',
    description: 'where the Service of a webhook is reached: NAMESPACE/NAME=https://HOST:PORT',
    repeatable: true,
  },
  { flags: '--cluster-network', description: 'call Services by their names, as from inside the cluster' },
];
