// An admission webhook reads and rewrites every object it asks for, Secrets among them; deleting one takes a guard away. Controllers that
// keep their own webhook up to date name it and pass.

import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const admissionWebhooksWrite = right({
  id: 'identity/admission-webhooks-write',
  aliases: ['C-0281', 'KSV-0114', 'CKV_K8S_155'],
  severity: 'high',
  title: 'No role changes admission webhooks',
  why: 'A webhook of the holder may read every object that is written and change it on the way, and a guard that is removed checks nothing.',
  fix: 'Name the one webhook configuration a controller keeps up to date in `resourceNames`.',
  frameworks: ['cis:5.1.12', 'nsa:authentication-and-authorization', 'matrix:MS-TA9015', 'owasp:K03', 'bsi:APP.4.4.A9', 'pci:1.5.b'],
  lets: 'change admission webhooks',
  rights: [
    {
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      group: 'admissionregistration.k8s.io',
      resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    },
  ],
  throughStars: true,
  examples: {
    pass: () => [
      harmless(),
      clusterWide(rule('admissionregistration.k8s.io', ['validatingwebhookconfigurations'], ['get', 'patch'], ['shop'])),
    ],
    fail: () => [
      clusterWide(rule('admissionregistration.k8s.io', ['mutatingwebhookconfigurations'], ['create'])),
      clusterWide(rule('admissionregistration.k8s.io', ['validatingwebhookconfigurations'], ['get', 'delete'])),
    ],
  },
});
