// A route of the Gateway API that sends requests to a Service which is not there. Backends of other kinds are their controllers' matter.

import { control, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { missingBackend } from './backend-check.ts';
import { routeBackends, routeKinds } from './backends.ts';
import { gateway, httpRoute, service } from './examples.ts';

export const routeBackend = control({
  id: 'exposure/route-backend',
  aliases: ['C-0302'],
  severity: 'low',
  title: 'Routes send requests to Services that are there',
  why: 'Visitors get errors, and whoever may create a Service of that name can answer in the place of the application.',
  fix: 'Correct the name or the port of the backend, or delete the rule.',
  frameworks: ['owasp:K01'],
  on: objects(...routeKinds.map((kind) => `gateway.networking.k8s.io/${kind}`)),
  check: ({ resource }, { snapshot }) => routeBackends(resource).flatMap((backend) => missingBackend(snapshot, backend)),
  examples: {
    pass: () => [cluster(deployment(), service(), gateway(), httpRoute())],
    fail: () => [cluster(deployment(), gateway(), httpRoute())],
  },
});
