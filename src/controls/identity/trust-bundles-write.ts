// ClusterTrustBundles say which authorities programs believe (certificates.k8s.io). For bundles of a signer `attest` on it is needed, too.
import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const trustBundlesWrite = right({
  id: 'identity/trust-bundles-write',
  aliases: [],
  severity: 'medium',
  title: 'No role changes trust bundles',
  why: 'Programs that mount a trust bundle believe every server whose certificate an authority in it signed; one more authority is in the middle of their connections.',
  fix: 'Leave trust bundles to the controller of their signer.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1553.004', 'owasp:K03'],
  lets: 'change which authorities programs trust',
  rights: [
    {
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      group: 'certificates.k8s.io',
      resources: ['clustertrustbundles'],
    },
    { verbs: ['attest'], group: 'certificates.k8s.io', resources: ['signers'] },
  ],
  droppable: true,
  examples: {
    pass: () => [harmless(), clusterWide(rule('certificates.k8s.io', ['clustertrustbundles'], ['get', 'list', 'watch']))],
    fail: () => [
      clusterWide(rule('certificates.k8s.io', ['clustertrustbundles'], ['get', 'patch'])),
      clusterWide(rule('certificates.k8s.io', ['signers'], ['get', 'attest'])),
    ],
  },
});
