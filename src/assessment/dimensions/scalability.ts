// Scalability: does the cluster grow with its load, and does it stay below what Kubernetes is tested for?
// Thresholds: kubernetes/community, sig-scalability/configs-and-limits/thresholds.md.

import { scaleOf } from '../../controls/reliability/scale.ts';
import { compareQuantities, parseQuantity, type Quantity, quantityIn } from '../../kube/quantity.ts';
import { asList, asObject, asString, dig, field } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { type Check, type Judgement, judged, ofControls } from '../check.ts';
import { nodesOf } from '../nodes.ts';
import { running } from '../words.ts';

const hpas = 'no HorizontalPodAutoscaler was seen';

export const scalability: readonly Check[] = [
  ofControls(
    'scalability/autoscaler-minimum',
    { title: 'Autoscalers keep two pods at least', fix: 'Set `minReplicas: 2`.', weight: 3, nothing: hpas },
    ['reliability/hpa-min'],
  ),
  ofControls(
    'scalability/autoscaler-room',
    { title: 'Autoscalers have room to scale', fix: 'Raise `maxReplicas` above `minReplicas`.', weight: 3, nothing: hpas },
    ['reliability/hpa-max', 'reliability/hpa-target'],
  ),
  judged(
    'scalability/autoscaler-limited',
    {
      title: 'No autoscaler is held at its limit',
      fix: 'Raise `maxReplicas`, or give the pods more.',
      weight: 3,
      needs: ['live'],
      phase: 'runtime',
      nothing: hpas,
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, 'autoscaling', 'HorizontalPodAutoscaler')) {
        const limited = asList(dig(resource.object, 'status', 'conditions')).find((one) => field(one, 'type') === 'ScalingLimited');
        const held = field(limited, 'status') === 'True' && field(limited, 'reason') === 'TooManyReplicas';
        yield {
          verdict: limited === undefined ? 'unknown' : held ? 'fail' : 'pass',
          resource,
          path: '/status/conditions',
          detail: asString(field(limited, 'message')) ?? 'the autoscaler does not say whether it is limited',
        };
      }
    },
  ),
  judged(
    'scalability/autoscaled-requests',
    {
      title: 'What is scaled by use states what it needs',
      fix: 'Set requests: a share of use is a share of the request.',
      weight: 3,
      nothing: hpas,
    },
    function* ({ snapshot }) {
      for (const resource of running(snapshot)) {
        const { autoscaler } = scaleOf(resource, snapshot);
        if (autoscaler === undefined || autoscaler.resource.kind !== 'HorizontalPodAutoscaler') continue;
        const names = new Set(
          asList(dig(autoscaler.resource.object, 'spec', 'metrics')).flatMap((metric) => asString(dig(metric, 'resource', 'name')) ?? []),
        );
        if (names.size === 0 && asList(dig(autoscaler.resource.object, 'spec', 'metrics')).length === 0) names.add('cpu');
        for (const name of names) {
          const without = resource.pods
            .flatMap(({ containers }) => containers)
            .find(
              ({ role, spec }) =>
                role === 'normal' &&
                dig(spec, 'resources', 'requests', name) === undefined &&
                dig(spec, 'resources', 'limits', name) === undefined,
            );
          yield {
            verdict: without === undefined ? 'pass' : 'fail',
            resource,
            path: without?.at('/resources/requests') ?? '',
            detail: `container ${without?.name ?? ''} states no ${name}, by which it is scaled`,
          };
        }
      }
    },
  ),
  judged(
    'scalability/capacity-at-maximum',
    {
      title: 'The nodes, or what adds nodes, hold all autoscalers at their maximum',
      fix: 'Add nodes or a cluster autoscaler, or lower the maxima.',
      weight: 3,
      needs: ['live'],
      nothing: hpas,
    },
    function* ({ snapshot }) {
      const found = ofKind(snapshot, 'autoscaling', 'HorizontalPodAutoscaler');
      if (found.length === 0) return;
      let wanted = 0n;
      for (const resource of running(snapshot)) {
        const { replicas, autoscaler } = scaleOf(resource, snapshot);
        const each = resource.pods
          .flatMap(({ containers }) => containers)
          .reduce((sum, { spec }) => sum + milli(dig(spec, 'resources', 'requests', 'cpu')), 0n);
        wanted += each * BigInt(Math.min(1_000_000, Math.max(0, Math.trunc(autoscaler?.most ?? replicas))));
      }
      const have = nodesOf(snapshot).reduce((sum, node) => sum + milli(dig(node.object, 'status', 'allocatable', 'cpu')), 0n);
      const grows = growsNodes(snapshot.resources);
      yield {
        verdict: wanted <= have || grows !== undefined ? 'pass' : 'fail',
        detail: `at their maximum workloads ask for ${Number(wanted) / 1000} cores; nodes have ${Number(have) / 1000}${grows === undefined ? '' : `, and ${grows} adds nodes`}`,
      };
    },
  ),
  judged(
    'scalability/vertical-and-horizontal',
    {
      title: 'No workload is scaled in both directions by the same measure',
      fix: 'Set the VerticalPodAutoscaler to `updateMode: "Off"`, or scale pods by another metric.',
      weight: 3,
      nothing: 'no VerticalPodAutoscaler was seen',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, 'autoscaling.k8s.io', 'VerticalPodAutoscaler')) {
        const target = dig(resource.object, 'spec', 'targetRef');
        const rival = ofKind(snapshot, 'autoscaling', 'HorizontalPodAutoscaler').find(
          (one) =>
            one.namespace === resource.namespace &&
            dig(one.object, 'spec', 'scaleTargetRef', 'name') === field(target, 'name') &&
            dig(one.object, 'spec', 'scaleTargetRef', 'kind') === field(target, 'kind'),
        );
        const off = dig(resource.object, 'spec', 'updatePolicy', 'updateMode') === 'Off';
        yield {
          verdict: rival === undefined || off ? 'pass' : 'fail',
          resource,
          path: '/spec/targetRef',
          detail: rival === undefined ? 'scaled in one direction' : `scaled by HorizontalPodAutoscaler ${rival.name} too`,
        };
      }
    },
  ),
  judged(
    'scalability/node-autoscaling',
    {
      title: 'Nodes are added when pods find none',
      fix: "Run the cluster autoscaler or Karpenter, or the provider's own.",
      weight: 3,
      needs: ['live'],
      layer: 'cloud',
    },
    function* ({ snapshot }) {
      const grows = growsNodes(snapshot.resources);
      if (grows !== undefined) yield { verdict: 'pass', detail: `${grows} adds nodes` };
      else
        yield {
          verdict: 'unknown',
          detail: 'neither Cluster Autoscaler nor Karpenter was seen; providers may run one outside the cluster',
        };
    },
  ),
  judged(
    'scalability/node-pool-limits',
    {
      title: 'Pools of nodes that grow by themselves have a limit',
      fix: 'Set `spec.limits` of each NodePool.',
      weight: 3,
      layer: 'cloud',
      nothing: 'no NodePool of Karpenter was seen',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, 'karpenter.sh', 'NodePool')) {
        const limited = Object.keys(asObject(dig(resource.object, 'spec', 'limits'))).length > 0;
        yield {
          verdict: limited ? 'pass' : 'fail',
          resource,
          path: '/spec/limits',
          detail: `NodePool ${resource.name} ${limited ? 'has limits' : 'may grow without end'}`,
        };
      }
    },
  ),
  judged(
    'scalability/pods-per-node',
    { title: 'No node is near its number of pods', fix: 'Add nodes, or spread the pods.', weight: 3, needs: ['live'], phase: 'runtime' },
    function* ({ snapshot }) {
      const byNode = Map.groupBy(
        ofKind(snapshot, '', 'Pod').filter(
          ({ object }) => !['Succeeded', 'Failed'].includes(asString(dig(object, 'status', 'phase')) ?? ''),
        ),
        ({ object }) => asString(dig(object, 'spec', 'nodeName')) ?? '',
      );
      for (const node of nodesOf(snapshot)) {
        const room = Number(asString(dig(node.object, 'status', 'allocatable', 'pods')) ?? Number.NaN);
        const here = byNode.get(node.name)?.length ?? 0;
        if (Number.isFinite(room))
          yield {
            verdict: here <= room * 0.9 ? 'pass' : 'fail',
            resource: node,
            path: '/status/allocatable/pods',
            detail: `${here} of ${room} pods`,
          };
      }
    },
  ),
  judged(
    'scalability/tested-sizes',
    {
      title: 'The cluster stays below the sizes that Kubernetes is tested for',
      fix: 'Split the cluster, or the namespaces that are too large.',
      weight: 3,
      needs: ['live'],
    },
    function* ({ snapshot }) {
      const pods = ofKind(snapshot, '', 'Pod');
      const largest = Math.max(0, ...[...Map.groupBy(pods, ({ namespace }) => namespace).values()].map(({ length }) => length));
      const sizes: readonly (readonly [string, number, number])[] = [
        ['nodes', nodesOf(snapshot).length, 5_000],
        ['pods', pods.length, 150_000],
        ['pods in one namespace', largest, 3_000],
        ['Services', ofKind(snapshot, '', 'Service').length, 10_000],
        ['namespaces', ofKind(snapshot, '', 'Namespace').length, 10_000],
        ['endpoints of one Service', largestService(snapshot.resources), 250],
      ];
      for (const [name, is, most] of sizes) yield { verdict: is <= most ? 'pass' : 'fail', detail: `${is} ${name}; tested up to ${most}` };
    },
  ),
  judged(
    'scalability/quota-use',
    {
      title: 'No quota is used up',
      fix: 'Raise the quota, or use less.',
      weight: 3,
      needs: ['live'],
      phase: 'runtime',
      nothing: 'no ResourceQuota was seen',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, '', 'ResourceQuota'))
        for (const [name, hard] of Object.entries(asObject(dig(resource.object, 'status', 'hard'))))
          yield quotaJudgement(resource, name, hard, dig(resource.object, 'status', 'used', name));
    },
  ),
  judged(
    'scalability/priorities',
    {
      title: 'There are classes of priority for what must run first',
      fix: 'Define PriorityClasses and give the important workloads one.',
      weight: 1,
    },
    function* ({ snapshot }) {
      const own = running(snapshot);
      if (own.length === 0) return;
      const used = own.some(({ pods }) => pods.some(({ spec }) => (asString(spec.priorityClassName) ?? '') !== ''));
      yield {
        verdict: used ? 'pass' : 'fail',
        detail: used ? 'workloads name priority classes' : 'no workload names a priority class: under pressure any may go first',
      };
    },
  ),
  judged(
    'scalability/daemon-overhead',
    {
      title: 'What runs on every node takes a fifth of it at most',
      fix: 'Lower the requests of DaemonSets, or use larger nodes.',
      weight: 1,
      needs: ['live'],
    },
    function* ({ snapshot }) {
      const daemons = ofKind(snapshot, 'apps', 'DaemonSet').reduce(
        (sum, { pods }) =>
          sum +
          pods
            .flatMap(({ containers }) => containers)
            .reduce((own, { spec }) => own + milli(dig(spec, 'resources', 'requests', 'cpu')), 0n),
        0n,
      );
      for (const node of nodesOf(snapshot)) {
        const have = milli(dig(node.object, 'status', 'allocatable', 'cpu'));
        if (have > 0n)
          yield {
            verdict: daemons * 5n <= have ? 'pass' : 'fail',
            resource: node,
            detail: `DaemonSets ask for ${Number(daemons)}m of ${Number(have)}m CPU`,
          };
      }
    },
  ),
  judged(
    'scalability/throttling',
    {
      title: 'Containers are not throttled',
      fix: 'Raise or remove CPU limits of the containers that the metric names.',
      weight: 1,
      needs: ['metrics'],
      phase: 'runtime',
    },
    () => [],
  ),
  ofControls(
    'scalability/budget-below-minimum',
    {
      title: "Disruption budgets leave room at the autoscaler's minimum",
      fix: 'Use `maxUnavailable`, or a budget below `minReplicas`.',
      weight: 3,
      nothing: 'no workload has both',
    },
    ['reliability/pdb-vs-hpa'],
  ),
  judged(
    'scalability/fair-requests',
    {
      title: "Own controllers have a share of the API server's capacity",
      fix: 'Define a FlowSchema for the clients that ask most.',
      weight: 1,
      needs: ['live'],
    },
    function* ({ snapshot }) {
      const flows = ofKind(snapshot, 'flowcontrol.apiserver.k8s.io', 'FlowSchema');
      if (flows.length === 0) return;
      const own = flows.some(({ object }) => dig(object, 'metadata', 'annotations', 'apf.kubernetes.io/autoupdate-spec') === undefined);
      yield {
        verdict: own ? 'pass' : 'fail',
        detail: own ? 'there are FlowSchemas of your own' : "there are only Kubernetes' own FlowSchemas",
      };
    },
  ),
];

function milli(value: unknown): bigint {
  const quantity = typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined;
  return quantity?.ok === true ? quantityIn(quantity.value, -3) : 0n;
}

function growsNodes(resources: readonly Resource[]): string | undefined {
  for (const { kind, group, name } of resources) {
    if (group === 'karpenter.sh' && kind === 'NodePool') return 'Karpenter';
    if (kind === 'Deployment' && /^(?:[\w-]*-)?cluster-autoscaler(?:-|$)/.test(name)) return 'Cluster Autoscaler';
    if (kind === 'Deployment' && name === 'karpenter') return 'Karpenter';
  }
  return undefined;
}

function largestService(resources: readonly Resource[]): number {
  const sizes = new Map<string, number>();
  for (const { kind, group, namespace, object } of resources) {
    if (kind !== 'EndpointSlice' || group !== 'discovery.k8s.io') continue;
    const key = `${namespace}/${asString(dig(object, 'metadata', 'labels', 'kubernetes.io/service-name')) ?? ''}`;
    sizes.set(key, (sizes.get(key) ?? 0) + asList(field(object, 'endpoints')).length);
  }
  return Math.max(0, ...sizes.values());
}

function quotaJudgement(resource: Resource, name: string, hard: unknown, used: unknown): Judgement {
  const [most, now] = [quantity(hard), quantity(used)];
  const detail = `quota ${resource.name}: ${words(used)} of ${words(hard)} ${name}`;
  if (most === undefined || now === undefined) return { verdict: 'unknown', resource, path: '/status/used', detail };
  return { verdict: compareQuantities(now, most) < 0 ? 'pass' : 'fail', resource, path: '/status/used', detail };
}

/** A quantity as it was written; other shapes are none. */
function words(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'no known amount';
}

function quantity(value: unknown): Quantity | undefined {
  const read = typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined;
  return read?.ok === true ? read.value : undefined;
}
