// Tiller, the server half of Helm 2, acts on behalf of everyone who reaches its port, usually as cluster-admin. Out of support since
// November 2020. Recognised by image, name and the labels of its own manifest.

import { control, fail, type Outcome, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { hasWord, namesOf, references } from './products.ts';

export const tiller = control({
  id: 'supply-chain/tiller',
  aliases: ['KSV-0102', 'CKV_K8S_34', 'CKV_K8S_45'],
  severity: 'critical',
  title: 'Tiller of Helm 2 does not run',
  why: 'Tiller deploys whatever it is asked to, for anyone who reaches it, with rights that are usually those of an administrator.',
  fix: 'Move releases to Helm 3, which needs no server, and delete Tiller with its service account and binding.',
  frameworks: ['owasp:K10', 'matrix:MS-TA9008', 'attack:T1610'],
  on: pods,
  check: (subject): readonly Outcome[] => {
    for (const { path, container, reference } of references(subject))
      if (hasWord(reference.repository, 'tiller'))
        return [fail(path, 'image', `container "${container}" runs the image of Tiller`, { container })];
    for (const { path, name } of namesOf(subject))
      if (hasWord(name, 'tiller')) return [fail(path, 'name', `"${name}" is named after Tiller`)];
    const { labels, metadataPath } = subject.pod;
    if (labels.app === 'helm' || labels.name === 'tiller')
      return [fail(`${metadataPath}/labels`, 'label', 'the pod carries the labels of Tiller')];
    return [];
  },
  examples: {
    pass: () => [cluster(deployment()), cluster(withContainer({ image: 'registry.example.com/shop/distiller:1.4.2' }))],
    fail: () => [
      cluster(withContainer({ image: 'ghcr.io/helm/tiller:v2.17.0' })),
      cluster(deployment({ metadata: { name: 'tiller-deploy', labels: { 'app.kubernetes.io/name': 'app' } } })),
    ],
  },
});
