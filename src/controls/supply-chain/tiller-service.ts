// A Service in front of Tiller offers its unauthenticated port to every pod. It outlives the Deployment and waits for the next one.

import { asString, field, stringMap } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { hasWord } from './products.ts';

export const tillerService = control({
  id: 'supply-chain/tiller-service',
  aliases: ['CKV_K8S_44'],
  severity: 'high',
  title: 'No Service leads to Tiller',
  why: "Any pod that reaches the Service can have Tiller install anything with Tiller's rights.",
  fix: 'Delete the Service together with what is left of Helm 2.',
  frameworks: ['owasp:K10'],
  on: objects('/Service'),
  check: ({ object, resource }) => {
    if (hasWord(resource.name, 'tiller')) return [fail('/metadata/name', 'name', `the Service "${resource.name}" is named after Tiller`)];
    for (const [path, map] of [
      ['/spec/selector', field(object.spec, 'selector')],
      ['/metadata/labels', field(object.metadata, 'labels')],
    ] as const)
      for (const value of Object.values(stringMap(map)))
        if (hasWord(asString(value), 'tiller')) return [fail(path, 'label', 'the Service carries or selects the labels of Tiller')];
    return [];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(deployment(), service('tiller-deploy'))],
  },
});

function service(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop', labels: { 'app.kubernetes.io/part-of': 'shop' } },
    spec: { selector: { 'app.kubernetes.io/name': 'app' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  };
}
