// Architecture: is the cluster built to stand, to be kept up to date, and to keep its tenants apart?

import { asList, asNumber, asString, dig, field, stringMap } from '../../lib/json.ts';
import { find, ofKind } from '../../snapshot/lookup.ts';
import { type Check, type Judgement, judged, ofControls } from '../check.ts';
import { controlPlaneNodes, isManaged, minorOf, nodesOf, zoneOf } from '../nodes.ts';
import { count, isSystem, running } from '../words.ts';

export const architecture: readonly Check[] = [
  judged(
    'architecture/control-plane-nodes',
    {
      title: 'The control plane runs on three nodes or more',
      fix: 'Run an odd number of control-plane nodes, three at least, each in a zone of its own.',
      weight: 9,
      needs: ['live'],
      nothing: 'the provider runs the control plane',
    },
    function* ({ snapshot, distribution }) {
      const nodes = controlPlaneNodes(snapshot);
      if (isManaged(distribution)) return;
      if (nodes.length === 0)
        yield { verdict: 'unknown', detail: 'no node says that it is one of the control plane; a managed cluster shows none' };
      else
        yield {
          verdict: nodes.length >= 3 ? 'pass' : 'fail',
          detail: `${count(nodes.length, 'node')} of the control plane; one that fails ${nodes.length >= 3 ? 'is borne' : 'ends the quorum of etcd'}`,
        };
    },
  ),
  judged(
    'architecture/zones',
    {
      title: 'Nodes stand in three zones or more',
      fix: 'Spread the node pools over three zones.',
      weight: 3,
      needs: ['live'],
      layer: 'cloud',
    },
    function* ({ snapshot }) {
      const nodes = nodesOf(snapshot);
      if (nodes.length === 0) return;
      const zones = new Set(nodes.flatMap((node) => zoneOf(node) ?? []));
      if (zones.size === 0) yield { verdict: 'unknown', detail: 'no node names its zone (topology.kubernetes.io/zone)' };
      else yield { verdict: zones.size >= 3 ? 'pass' : 'fail', detail: `nodes stand in ${count(zones.size, 'zone')}` };
    },
  ),
  judged(
    'architecture/kubelet-skew',
    {
      title: 'Kubelets are no newer than the API server and at most three versions older',
      fix: 'Upgrade the nodes that lag, and the control plane before any node.',
      weight: 3,
      needs: ['live'],
      layer: 'cluster',
    },
    function* ({ snapshot }) {
      const server = minorOf(snapshot.facts.kubernetesVersion);
      for (const node of nodesOf(snapshot)) {
        const version = asString(dig(node.object, 'status', 'nodeInfo', 'kubeletVersion')) ?? '';
        const own = minorOf(version);
        if (own === undefined || server === undefined || !snapshot.facts.versionKnown)
          yield { verdict: 'unknown', resource: node, detail: 'the version of the kubelet or of the API server is not known' };
        else
          yield {
            verdict: own <= server && server - own <= 3 ? 'pass' : 'fail',
            resource: node,
            path: '/status/nodeInfo/kubeletVersion',
            detail: `kubelet ${version} under an API server of 1.${server}`,
          };
      }
    },
  ),
  ofControls(
    'architecture/kubernetes-supported',
    {
      title: 'Kubernetes is a version that gets security fixes',
      fix: 'Upgrade to a supported minor version.',
      weight: 9,
      gate: true,
      needs: ['live'],
    },
    ['reliability/kubernetes-eol'],
  ),
  judged(
    'architecture/node-images',
    {
      title: 'Nodes of one architecture run the same operating system, kernel and runtime',
      fix: 'Replace the nodes that lag behind; keep node images in one place and roll them monthly.',
      weight: 1,
      needs: ['live'],
      layer: 'cloud',
    },
    function* ({ snapshot }) {
      const nodes = nodesOf(snapshot);
      const kinds = Map.groupBy(nodes, (node) => {
        const info = dig(node.object, 'status', 'nodeInfo');
        return ['osImage', 'kernelVersion', 'containerRuntimeVersion', 'architecture']
          .map((name) => asString(field(info, name)) ?? '')
          .join(', ');
      });
      const most = [...kinds.values()].sort((a, b) => b.length - a.length)[0]?.length ?? 0;
      for (const [kind, members] of kinds)
        for (const node of members)
          yield {
            verdict: members.length === most ? 'pass' : 'fail',
            resource: node,
            path: '/status/nodeInfo',
            detail: `runs ${kind}, others do not`,
          };
    },
  ),
  ofControls(
    'architecture/node-runtime',
    {
      title: 'Container runtimes of nodes are without known escapes',
      fix: 'Update containerd, CRI-O and runc on the nodes.',
      weight: 9,
      needs: ['live'],
      layer: 'cloud',
      phase: 'runtime',
    },
    ['supply-chain/node-runtime-cve'],
  ),
  judged(
    'architecture/control-plane-workloads',
    {
      title: 'Applications do not run on the control plane',
      fix: 'Remove the toleration of the control-plane taint and `nodeName` from applications.',
      weight: 3,
      level: 'operate',
    },
    function* ({ snapshot }) {
      const control = new Set(controlPlaneNodes(snapshot).map(({ name }) => name));
      for (const resource of running(snapshot)) {
        if (resource.kind === 'DaemonSet') continue;
        const bad = resource.pods.find((pod) => {
          const tolerates = asList(pod.spec.tolerations).some((one) => {
            const key = asString(field(one, 'key')) ?? '';
            return (
              key === 'node-role.kubernetes.io/control-plane' ||
              key === 'node-role.kubernetes.io/master' ||
              (key === '' && field(one, 'operator') === 'Exists')
            );
          });
          return tolerates || control.has(asString(pod.spec.nodeName) ?? '');
        });
        yield {
          verdict: bad === undefined ? 'pass' : 'fail',
          resource,
          path: bad?.at('/tolerations') ?? '',
          detail: `${resource.kind} ${resource.name} may run on the control plane`,
        };
      }
    },
  ),
  ofControls(
    'architecture/default-namespace',
    {
      title: 'Nothing of an application lives in the namespace "default"',
      fix: 'Give each application a namespace of its own.',
      weight: 3,
    },
    ['namespace/default-workloads', 'namespace/default-objects'],
  ),
  ofControls(
    'architecture/quotas',
    {
      title: 'Namespaces have a ResourceQuota and a LimitRange',
      fix: 'Give each namespace a quota for CPU and memory and default requests.',
      weight: 3,
    },
    ['namespace/resource-quota', 'namespace/limit-range'],
  ),
  judged(
    'architecture/environments',
    {
      title: 'One cluster holds one environment',
      fix: 'Give production a cluster of its own, or separate nodes, networks and rights of the environments.',
      weight: 3,
      nothing: 'no namespace names its environment (label env or environment)',
    },
    function* ({ snapshot }) {
      const environments = new Map<string, Judgement>();
      for (const resource of ofKind(snapshot, '', 'Namespace')) {
        const labels = stringMap(dig(resource.object, 'metadata', 'labels'));
        const name = labels.env ?? labels.environment ?? labels['app.kubernetes.io/environment'];
        if (name !== undefined && !environments.has(name))
          environments.set(name, { verdict: 'pass', resource, path: '/metadata/labels', detail: `environment ${name}` });
      }
      const names = [...environments.keys()].sort();
      if (names.length === 1) yield* environments.values();
      else
        for (const one of environments.values())
          yield { ...one, verdict: 'fail', detail: `environments ${names.join(', ')} share the cluster` };
    },
  ),
  ofControls(
    'architecture/webhooks-fail-closed',
    {
      title: 'Webhooks that guard workloads fail closed',
      fix: 'Set `failurePolicy: Fail` with a narrow `namespaceSelector` on webhooks that guard.',
      weight: 3,
    },
    ['namespace/webhook-fail-open'],
  ),
  judged(
    'architecture/webhooks-bounded',
    {
      title: 'Webhooks that fail closed can neither lock nor slow the cluster',
      fix: 'Leave kube-system out by `namespaceSelector`, list the resources in `rules`, and set `timeoutSeconds` to 10 or less.',
      weight: 3,
      nothing: 'no admission webhook was seen',
    },
    function* ({ snapshot }) {
      for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])
        for (const resource of ofKind(snapshot, 'admissionregistration.k8s.io', kind))
          for (const [index, webhook] of asList(field(resource.object, 'webhooks')).entries()) {
            const slow = (asNumber(field(webhook, 'timeoutSeconds')) ?? 10) > 10;
            const wide = asList(field(webhook, 'rules')).some(
              (rule) => asList(field(rule, 'resources')).includes('*') && asList(field(rule, 'apiGroups')).includes('*'),
            );
            const everywhere =
              Object.keys(stringMap(dig(webhook, 'namespaceSelector', 'matchLabels'))).length === 0 &&
              asList(dig(webhook, 'namespaceSelector', 'matchExpressions')).length === 0;
            const closed = field(webhook, 'failurePolicy') !== 'Ignore';
            const bad = slow
              ? 'waits for more than ten seconds'
              : closed && wide && everywhere
                ? 'stops every change of the cluster when it is down'
                : undefined;
            yield {
              verdict: bad === undefined ? 'pass' : 'fail',
              resource,
              path: `/webhooks/${index}`,
              detail: `webhook ${asString(field(webhook, 'name')) ?? index} ${bad ?? 'is bounded'}`,
            };
          }
    },
  ),
  judged(
    'architecture/aggregated-apis',
    {
      title: 'Aggregated APIs are available',
      fix: 'Repair or remove the APIServices that are not available.',
      weight: 3,
      needs: ['live'],
      phase: 'runtime',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, 'apiregistration.k8s.io', 'APIService')) {
        const available = asList(dig(resource.object, 'status', 'conditions')).find((one) => field(one, 'type') === 'Available');
        const status = field(available, 'status');
        yield {
          verdict: status === 'True' ? 'pass' : status === undefined ? 'unknown' : 'fail',
          resource,
          path: '/status/conditions',
          detail: `APIService ${resource.name}: ${asString(field(available, 'message')) ?? 'it does not say whether it is available'}`,
        };
      }
    },
  ),
  ofControls(
    'architecture/api-versions',
    { title: 'API versions are served by this and the next releases', fix: 'Move the objects to the current API version.', weight: 9 },
    ['hygiene/api-version-served', 'hygiene/api-version-deprecated'],
  ),
  judged(
    'architecture/requested-deprecated-apis',
    {
      title: 'No client asks for API versions that go away',
      fix: 'Update the clients that the metric names.',
      weight: 3,
      needs: ['metrics'],
      phase: 'runtime',
    },
    () => [],
  ),
  judged(
    'architecture/conversion-webhooks',
    {
      title: 'Conversion webhooks of custom resources lead to a Service that is there',
      fix: 'Restore the Service, or set `spec.conversion.strategy: None` where one version is left.',
      weight: 3,
      nothing: 'no custom resource is converted by a webhook',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, 'apiextensions.k8s.io', 'CustomResourceDefinition')) {
        const service = dig(resource.object, 'spec', 'conversion', 'webhook', 'clientConfig', 'service');
        const [namespace, name] = [asString(field(service, 'namespace')), asString(field(service, 'name'))];
        if (namespace === undefined || name === undefined) continue;
        const there = find(snapshot, '', 'Service', namespace, name) !== undefined;
        yield {
          verdict: there ? 'pass' : snapshot.facts.live ? 'fail' : 'unknown',
          resource,
          path: '/spec/conversion/webhook/clientConfig/service',
          detail: `converted by Service ${namespace}/${name}, which ${there ? 'is there' : 'was not seen'}`,
        };
      }
    },
  ),
  judged(
    'architecture/etcd-members',
    {
      title: 'etcd has an odd number of members, three at least',
      fix: 'Run three or five members of etcd.',
      weight: 9,
      needs: ['live'],
      nothing: 'no member of etcd was seen; providers show none',
    },
    function* ({ snapshot, distribution }) {
      const members = ofKind(snapshot, '', 'Pod').filter(
        ({ namespace, object }) => namespace === 'kube-system' && stringMap(dig(object, 'metadata', 'labels')).component === 'etcd',
      );
      if (members.length > 0)
        yield {
          verdict: members.length >= 3 && members.length % 2 === 1 ? 'pass' : 'fail',
          detail: `etcd has ${count(members.length, 'member')}`,
        };
      else if (!isManaged(distribution))
        yield { verdict: 'unknown', detail: 'no pod of etcd was seen; members outside the cluster do not show' };
    },
  ),
  judged(
    'architecture/pod-addresses',
    {
      title: 'Nodes have room in their range of pod addresses',
      fix: 'Give nodes larger ranges, or lower `maxPods`.',
      weight: 1,
      needs: ['live'],
    },
    function* ({ snapshot }) {
      for (const node of nodesOf(snapshot)) {
        const bits = Number(/^\d+\.\d+\.\d+\.\d+\/(\d{1,2})$/.exec(asString(dig(node.object, 'spec', 'podCIDR')) ?? '')?.[1]);
        const room = Number(asString(dig(node.object, 'status', 'allocatable', 'pods')));
        if (!Number.isFinite(bits) || !Number.isFinite(room)) continue;
        const addresses = 2 ** (32 - bits) - 2;
        yield {
          verdict: addresses >= room ? 'pass' : 'fail',
          resource: node,
          path: '/spec/podCIDR',
          detail: `${count(addresses, 'address', 'addresses')} for up to ${count(room, 'pod')}`,
        };
      }
    },
  ),
  judged(
    'architecture/owners',
    {
      title: 'Every namespace says who owns it',
      fix: 'Label namespaces with the team that owns them (`team` or `owner`).',
      weight: 3,
      nothing: 'no Namespace object was seen',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, '', 'Namespace')) {
        if (isSystem({ ...resource, namespace: resource.name })) continue;
        const words = {
          ...stringMap(dig(resource.object, 'metadata', 'annotations')),
          ...stringMap(dig(resource.object, 'metadata', 'labels')),
        };
        const owned = Object.keys(words).some((key) => /(?:^|[./-])(?:owner|team|contact)$/.test(key));
        yield {
          verdict: owned ? 'pass' : 'fail',
          resource,
          path: '/metadata/labels',
          detail: `namespace ${resource.name} ${owned ? 'names its owner' : 'names no owner'}`,
        };
      }
    },
  ),
];
