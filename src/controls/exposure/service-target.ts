// A Service whose selector meets no pod answers nobody, and one day leads to whatever pod takes on those labels. Judged against the pods and
// pod templates of the snapshot.

import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { service } from './examples.ts';
import { hasSelector, podsOf } from './services.ts';

export const serviceTarget = control({
  id: 'exposure/service-target',
  aliases: ['C-0293', 'dangling-service', 'service-targets-pod', 'POP-1100'],
  severity: 'low',
  title: 'Services lead to pods',
  why: 'Requests to the Service fail, and whoever may create a pod with those labels receives them.',
  fix: 'Correct the selector so that it matches the labels of the pod template, or delete the Service.',
  frameworks: ['owasp:K01'],
  on: objects('/Service'),
  check: ({ resource }, { snapshot }) =>
    hasSelector(resource) && podsOf(snapshot, resource).length === 0
      ? [
          fail(
            '/spec/selector',
            'selects-nothing',
            `the selector of Service "${resource.name}" matches no workload of namespace "${resource.namespace}"`,
          ),
        ]
      : [],
  examples: {
    pass: () => [cluster(deployment(), service())],
    fail: () => [cluster(deployment(), service({ selector: { 'app.kubernetes.io/name': 'apps' } }))],
  },
});
