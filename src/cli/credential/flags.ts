// The flags that say how an API server tells callers; their names are kube-apiserver's own.

import type { Flag } from '../command.ts';

export const serverFlags: readonly Flag[] = [
  { flags: '--authentication-config <file>', description: "the API server's AuthenticationConfiguration" },
  { flags: '--token-auth-file <file>', description: "the API server's static tokens" },
  { flags: '--client-ca-file <file>', description: 'the authority of client certificates, to check against' },
  { flags: '--service-account-key-file <file>', description: 'public keys of service account tokens, to check against' },
  { flags: '--service-account-issuer <url>', description: 'issuers of service account tokens', repeatable: true },
  { flags: '--jwks <file>', description: 'the key set of an outside issuer, to check against' },
  { flags: '--oidc-issuer-url <url>', description: 'the outside issuer, as kube-apiserver takes it' },
  { flags: '--oidc-client-id <id>', description: 'the audience of its tokens' },
  { flags: '--oidc-username-claim <claim>', description: 'the claim with the name (default: sub)' },
  { flags: '--oidc-username-prefix <prefix>', description: 'what comes before names; - for nothing' },
  { flags: '--oidc-groups-claim <claim>', description: 'the claim with the groups' },
  { flags: '--oidc-groups-prefix <prefix>', description: 'what comes before groups' },
];
