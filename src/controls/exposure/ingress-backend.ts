// An Ingress that sends requests to a Service which is not there: the host answers with errors, and whoever may create a Service of that name in
// the namespace receives its visitors.

import { control, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { missingBackend } from './backend-check.ts';
import { ingressBackends } from './backends.ts';
import { ingress, service } from './examples.ts';

export const ingressBackend = control({
  id: 'exposure/ingress-backend',
  aliases: ['C-0298', 'dangling-ingress', 'ingress-targets-service', 'POP-1401', 'POP-1402'],
  severity: 'low',
  title: 'Ingresses send requests to Services that are there',
  why: 'Visitors get errors, and whoever may create a Service of that name can answer in the place of the application.',
  fix: 'Correct the name or the port of the backend, or delete the rule.',
  frameworks: ['owasp:K01'],
  on: objects('networking.k8s.io/Ingress', 'extensions/Ingress'),
  check: ({ resource }, { snapshot }) => ingressBackends(resource).flatMap((backend) => missingBackend(snapshot, backend)),
  examples: {
    pass: () => [cluster(deployment(), service(), ingress())],
    fail: () => [
      cluster(deployment(), ingress()),
      cluster(deployment(), service(), ingress({ defaultBackend: { service: { name: 'app', port: { number: 8443 } } } })),
    ],
  },
});
