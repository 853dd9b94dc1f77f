// Pods of a StatefulSet find each other by names that its headless Service makes. Looked up among the Services of the input; where it has none
// in the namespace, nothing can be said about an existing name.

import { mapSelects } from '../../kube/label-selector.ts';
import { asObject, asString, dig } from '../../lib/json.ts';
import { find, ofKind } from '../../snapshot/lookup.ts';
import { control, fail, objects, unknown } from '../control.ts';
import { cluster } from '../examples.ts';
import { headlessService, statefulSet } from './examples.ts';

export const statefulsetService = control({
  id: 'reliability/statefulset-service',
  aliases: ['statefulset-has-servicename'],
  severity: 'low',
  title: 'StatefulSets have the headless Service their names come from',
  why: 'The members of the set have no stable names, so that a database does not find its peers after a restart.',
  fix: 'Create a Service with `clusterIP: None` that selects the pods, and name it in `serviceName`.',
  frameworks: [],
  on: objects('apps/StatefulSet'),
  check: ({ resource, object }, { snapshot }) => {
    const path = '/spec/serviceName';
    const name = asString(dig(object, 'spec', 'serviceName')) ?? '';
    if (name === '') return [fail(path, 'missing', 'no Service is named')];
    const service = find(snapshot, '', 'Service', resource.namespace, name);
    if (service === undefined) {
      const known = ofKind(snapshot, '', 'Service').some(({ namespace }) => namespace === resource.namespace);
      return known || snapshot.facts.live
        ? [fail(path, 'no-service', `there is no Service "${name}"`)]
        : [unknown(path, 'no-services', `the input has no Services of namespace "${resource.namespace}" to look "${name}" up in`)];
    }
    const evidence = [{ resource: service, path: '/spec', note: 'the Service that is named' }];
    if (dig(service.object, 'spec', 'clusterIP') !== 'None')
      return [fail(path, 'not-headless', `Service "${name}" is not headless`, { evidence })];
    const selector = asObject(dig(service.object, 'spec', 'selector'));
    return resource.pods.every((pod) => mapSelects(selector, pod.labels))
      ? []
      : [fail(path, 'not-selecting', `Service "${name}" does not select the pods`, { evidence })];
  },
  examples: {
    pass: () => [cluster(statefulSet(), headlessService())],
    fail: () => [
      cluster(statefulSet({ serviceName: null }), headlessService()),
      cluster(statefulSet({ serviceName: 'other' }), headlessService()),
      cluster(statefulSet(), headlessService({ clusterIP: '10.0.0.7' })),
    ],
  },
});
