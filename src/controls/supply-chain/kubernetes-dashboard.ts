// The Kubernetes Dashboard is a web page with the rights of its service account: reached without a login it is a console for everyone.
// Recognised by the project's images and labels.

import { control, fail, type Outcome, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { references } from './products.ts';

export const kubernetesDashboard = control({
  id: 'supply-chain/kubernetes-dashboard',
  aliases: ['CKV_K8S_33'],
  severity: 'low',
  title: 'The Kubernetes Dashboard is not deployed',
  why: 'Exposed dashboards have been the door of real break-ins; whoever opens it acts with the rights of its service account.',
  fix: 'Remove it, or keep it reachable only through `kubectl port-forward` and let users log in with their own tokens.',
  frameworks: ['matrix:MS-TA9005', 'attack:T1133', 'owasp:K09'],
  on: pods,
  check: (subject): readonly Outcome[] => {
    for (const { path, container, reference } of references(subject)) {
      const last = reference.repository.slice(reference.repository.lastIndexOf('/') + 1);
      const ownImage = reference.registry === 'docker.io' && reference.repository.startsWith('kubernetesui/');
      if (ownImage || last.startsWith('kubernetes-dashboard'))
        return [fail(path, 'image', `container "${container}" runs an image of the Kubernetes Dashboard`, { container })];
    }
    const { labels, metadataPath } = subject.pod;
    for (const key of ['app', 'k8s-app', 'app.kubernetes.io/name'])
      if (labels[key] === 'kubernetes-dashboard')
        return [fail(`${metadataPath}/labels`, 'label', 'the pod carries the label of the Kubernetes Dashboard')];
    return [];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(withContainer({ image: 'docker.io/kubernetesui/dashboard:v2.7.0' }))],
  },
});
