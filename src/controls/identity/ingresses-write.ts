// Ingresses and routes decide which outside names lead to which program, and some controllers run what is written into them
// (CVE-2021-25742, CVE-2025-1974).

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const ingressesWrite = right({
  id: 'identity/ingresses-write',
  aliases: ['KSV-0056'],
  severity: 'medium',
  title: 'No role changes Ingresses or routes',
  why: 'The holder takes over the outside names of programs, and through weaknesses of ingress controllers the Secrets these may read.',
  fix: 'Name the Ingresses a program manages in `resourceNames`, and leave the rest to the deployment pipeline.',
  frameworks: ['nsa:authentication-and-authorization', 'owasp:K03'],
  lets: 'change Ingresses and routes',
  rights: [
    { verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'], group: 'networking.k8s.io', resources: ['ingresses'] },
    { verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'], group: 'extensions', resources: ['ingresses'] },
    {
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      group: 'gateway.networking.k8s.io',
      resources: ['gateways', 'grpcroutes', 'httproutes', 'referencegrants', 'tcproutes', 'tlsroutes', 'udproutes'],
    },
  ],
  examples: {
    pass: () => [harmless()],
    fail: () => [
      inNamespace(rule('networking.k8s.io', ['ingresses'], ['update'])),
      clusterWide(rule('gateway.networking.k8s.io', ['httproutes'], ['create'])),
    ],
  },
});
