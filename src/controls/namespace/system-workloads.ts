// Workloads of users in the namespaces of Kubernetes itself. kube-system holds the credentials of controllers and is exempt from most
// policies; kube-public is readable by everybody; kube-node-lease is for leases. Components of the cluster are told by what installers mark
// them with (`k8s-app`, `tier: control-plane`, addon and mirror annotations, ownership by a Node) and by the names in the parameter `known`.

import type { Labels } from '../../kube/label-selector.ts';
import { annotationsOf, labelsOf } from '../../kube/object.ts';
import { asList, field, strings } from '../../lib/json.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { control, fail, objectsWhere } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { placed } from './placed.ts';

export const systemWorkloads = control({
  id: 'namespace/system-workloads',
  aliases: ['KSV-0037', 'NS-002', 'NS-002-1', 'NS-002-2'],
  severity: 'medium',
  title: "Users' workloads do not run in the namespaces of Kubernetes",
  why: 'A workload in kube-system sits beside the credentials of the control plane, escapes most policies and is hard to tell from a component.',
  fix: 'Move the workload to a namespace of its own.',
  frameworks: ['cis:5.6.1', 'nsa:namespaces', 'stig:V-242417', 'matrix:MS-TA9023', 'owasp:K01', 'pci:16.1.a'],
  parameters: {
    known: [
      'aws-node',
      'calico-kube-controllers',
      'calico-node',
      'canal',
      'cilium',
      'cilium-operator',
      'cloud-controller-manager',
      'cluster-autoscaler',
      'coredns',
      'etcd',
      'kindnet',
      'konnectivity-agent',
      'kube-apiserver',
      'kube-controller-manager',
      'kube-dns',
      'kube-proxy',
      'kube-scheduler',
      'metrics-server',
      'node-local-dns',
      'snapshot-controller',
    ],
  },
  on: objectsWhere('every workload', (resource) => resource.pods.length > 0),
  check: ({ resource }, { parameters }) => {
    const { namespace } = resource;
    if (namespace !== 'kube-public' && namespace !== 'kube-node-lease' && namespace !== 'kube-system') return [];
    if (namespace === 'kube-system' && isComponent(resource, strings(parameters.known))) return [];
    return [fail('/metadata/namespace', namespace, `this workload runs in "${namespace}", which is for Kubernetes itself`)];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [placed('kube-system'), placed('kube-public')],
  },
});

function isComponent(resource: Resource, known: readonly string[]): boolean {
  const annotations = annotationsOf(resource.object);
  const marked = (labels: Labels) =>
    labels['k8s-app'] !== undefined ||
    labels.tier === 'control-plane' ||
    labels['kubernetes.io/cluster-service'] === 'true' ||
    labels['addonmanager.kubernetes.io/mode'] !== undefined ||
    labels['k8s-addon'] !== undefined;
  return (
    annotations['kubernetes.io/config.mirror'] !== undefined ||
    asList(resource.object.metadata?.ownerReferences).some((owner) => field(owner, 'kind') === 'Node') ||
    known.some((name) => resource.name === name || resource.name.startsWith(`${name}-`)) ||
    marked(labelsOf(resource.object)) ||
    resource.pods.some((pod) => marked(pod.labels))
  );
}
