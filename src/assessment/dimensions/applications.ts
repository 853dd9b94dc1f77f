// Applications: are workloads written so that they start, stay, are updated and are understood?

import { asList, asNumber, asString, dig, field } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import { type Check, judged, ofControls } from '../check.ts';
import { running, written } from '../words.ts';
import { workloadsAtLevel } from './pod-security.ts';

export const applications: readonly Check[] = [
  ofControls(
    'applications/images-fixed',
    {
      title: 'Images are named by a fixed tag or a digest',
      fix: 'Name images by digest, or at least by a tag that does not move.',
      weight: 3,
      layer: 'container',
      phase: 'distribute',
    },
    ['supply-chain/image-tag', 'supply-chain/pull-moving-tag'],
  ),
  ofControls(
    'applications/requests',
    { title: 'Containers state the CPU and memory they need', fix: 'Set requests from measured use.', weight: 3, layer: 'container' },
    ['resources/cpu-requests', 'resources/memory-requests'],
  ),
  ofControls(
    'applications/memory-limits',
    {
      title: 'Containers have a memory limit',
      fix: 'Set memory limits, equal to the request for what must not be killed.',
      weight: 3,
      layer: 'container',
    },
    ['resources/memory-limits'],
  ),
  ofControls(
    'applications/probes',
    {
      title: 'Containers have readiness and liveness probes',
      fix: 'Add a readiness probe to all that serves, a liveness probe where a restart helps.',
      weight: 3,
      layer: 'container',
    },
    ['reliability/readiness-probe', 'reliability/liveness-probe', 'reliability/probe-port'],
  ),
  ofControls(
    'applications/controllers',
    { title: 'Pods belong to a controller', fix: 'Make a Deployment or a Job of the pod.', weight: 3, layer: 'container' },
    ['reliability/naked-pod'],
  ),
  judged(
    'applications/pod-security',
    {
      title: 'Workloads meet the Pod Security Standard "baseline"',
      fix: 'Take away what baseline forbids; `cofferdam scan --framework pss` names it.',
      weight: 9,
      gate: true,
      layer: 'container',
    },
    (context) => workloadsAtLevel(context, ['baseline', 'restricted']),
  ),
  ofControls(
    'applications/disruption-budgets',
    { title: 'Workloads of several pods have a disruption budget', fix: 'Add a PodDisruptionBudget with `maxUnavailable: 1`.', weight: 3 },
    ['reliability/pdb-missing', 'reliability/pdb-selects-nothing'],
  ),
  ofControls(
    'applications/spreading',
    {
      title: 'Pods of one workload are spread over nodes or zones',
      fix: 'Add topology spread constraints over hosts and zones.',
      weight: 3,
    },
    ['reliability/spreading', 'reliability/topology-spread'],
  ),
  judged(
    'applications/graceful-stop',
    {
      title: 'What serves requests finishes them before it stops',
      fix: 'Add a `preStop` hook (`sleep: {seconds: 5}`) and a termination grace period longer than it.',
      weight: 1,
      layer: 'container',
      nothing: 'no container serves a port',
    },
    function* ({ snapshot }) {
      for (const resource of running(snapshot))
        for (const pod of resource.pods)
          for (const container of pod.containers) {
            if (container.role !== 'normal' || container.ports.length === 0) continue;
            const hook = dig(container.spec, 'lifecycle', 'preStop') !== undefined;
            const grace = asNumber(pod.spec.terminationGracePeriodSeconds) ?? 30;
            const sleep = asNumber(dig(container.spec, 'lifecycle', 'preStop', 'sleep', 'seconds')) ?? 0;
            yield {
              verdict: hook && grace > sleep ? 'pass' : 'fail',
              resource,
              path: container.at('/lifecycle'),
              detail: !hook
                ? `container ${container.name} stops while Services still send to it`
                : `container ${container.name} is killed after ${grace} seconds, which its hook takes`,
            };
          }
    },
  ),
  ofControls(
    'applications/references',
    {
      title: 'What workloads name is there',
      fix: 'Create the Secrets, ConfigMaps, accounts and classes that are missing, or take the references away.',
      weight: 3,
      layer: 'container',
    },
    ['secrets/missing-reference', 'identity/service-account-missing', 'reliability/priority-class-exists'],
  ),
  ofControls(
    'applications/service-endpoints',
    {
      title: 'Services have ready pods behind them',
      fix: 'Repair the selector or the pods.',
      weight: 9,
      needs: ['live'],
      phase: 'runtime',
    },
    ['reliability/endpoints-empty'],
  ),
  ofControls(
    'applications/service-targets',
    { title: 'Services lead to pods and ports that are there', fix: 'Repair selectors and target ports.', weight: 3 },
    ['exposure/service-target', 'exposure/service-port', 'exposure/ingress-backend'],
  ),
  judged(
    'applications/owners',
    { title: 'Workloads name the team that owns them', fix: 'Label workloads with `team` or `owner`.', weight: 1, phase: 'develop' },
    function* ({ snapshot }) {
      for (const resource of running(snapshot)) {
        const keys = [
          ...Object.keys(resource.pods[0]?.labels ?? {}),
          ...Object.keys(objectOf(dig(resource.object, 'metadata', 'labels'))),
          ...Object.keys(objectOf(dig(resource.object, 'metadata', 'annotations'))),
        ];
        const owned = keys.some((key) => /(?:^|[./-])(?:owner|team|contact)$/.test(key));
        yield {
          verdict: owned ? 'pass' : 'fail',
          resource,
          path: '/metadata/labels',
          detail: `${resource.kind} ${resource.name} ${owned ? 'names its owner' : 'names no owner'}`,
        };
      }
    },
  ),
  ofControls(
    'applications/labels',
    {
      title: 'Workloads carry the recommended labels',
      fix: 'Add the labels `app.kubernetes.io/name`, `/version`, `/part-of`.',
      weight: 1,
      phase: 'develop',
    },
    ['hygiene/recommended-labels'],
  ),
  ofControls(
    'applications/rolling-updates',
    { title: 'Deployments are updated pod by pod', fix: 'Use `RollingUpdate` with `maxUnavailable` below all pods.', weight: 3 },
    ['reliability/rolling-update'],
  ),
  ofControls(
    'applications/stable',
    {
      title: 'Containers start and stay up',
      fix: 'Read the logs of the last run; raise what is too small.',
      weight: 9,
      needs: ['live'],
      phase: 'runtime',
    },
    ['reliability/crash-looping', 'reliability/pod-pending', 'reliability/unavailable'],
  ),
  judged(
    'applications/out-of-memory',
    {
      title: 'No container was killed for memory',
      fix: 'Raise the memory limit to measured use, or mend the leak.',
      weight: 3,
      needs: ['live'],
      phase: 'runtime',
      layer: 'container',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, '', 'Pod')) {
        const statuses = asList(dig(resource.object, 'status', 'containerStatuses'));
        if (statuses.length === 0) continue;
        const killed = statuses.find((one) =>
          [dig(one, 'lastState', 'terminated', 'reason'), dig(one, 'state', 'terminated', 'reason')].includes('OOMKilled'),
        );
        yield {
          verdict: killed === undefined ? 'pass' : 'fail',
          resource,
          path: '/status/containerStatuses',
          detail: `container ${asString(field(killed, 'name')) ?? ''} was killed for memory`,
        };
      }
    },
  ),
  ofControls(
    'applications/host-ports',
    { title: 'Containers take no ports of the node', fix: 'Use a Service instead of `hostPort`.', weight: 3, layer: 'container' },
    ['workload/host-port'],
  ),
  judged(
    'applications/stale-replica-sets',
    {
      title: 'Old ReplicaSets are cleared away',
      fix: 'Set `revisionHistoryLimit` to ten or less; delete those that no Deployment owns.',
      weight: 1,
      needs: ['live'],
    },
    function* ({ snapshot }) {
      const old = ofKind(snapshot, 'apps', 'ReplicaSet').filter(({ object }) => dig(object, 'spec', 'replicas') === 0);
      const byOwner = Map.groupBy(
        old,
        (one) => `${one.namespace}/${asString(dig(one.object, 'metadata', 'ownerReferences', 0, 'name')) ?? ''}`,
      );
      for (const resource of ofKind(snapshot, 'apps', 'Deployment')) {
        const left = byOwner.get(`${resource.namespace}/${resource.name}`)?.length ?? 0;
        yield {
          verdict: left <= 10 ? 'pass' : 'fail',
          resource,
          path: '/spec/revisionHistoryLimit',
          detail: `${left} ReplicaSets without pods are kept`,
        };
      }
    },
  ),
  ofControls(
    'applications/schema',
    {
      title: 'Objects have the fields and types that the API server knows',
      fix: 'Correct the misspelt fields: the API server drops them.',
      weight: 3,
      phase: 'develop',
      layer: 'code',
    },
    ['hygiene/schema-valid', 'hygiene/duplicate-objects'],
  ),
  judged(
    'applications/jobs-bounded',
    {
      title: 'Jobs give up and are removed',
      fix: 'Set `backoffLimit`, `activeDeadlineSeconds` and `ttlSecondsAfterFinished`.',
      weight: 1,
      nothing: 'no Job was seen',
    },
    function* ({ snapshot }) {
      for (const resource of written(snapshot)) {
        if (resource.kind !== 'Job' && resource.kind !== 'CronJob') continue;
        const path = resource.kind === 'Job' ? ['spec'] : ['spec', 'jobTemplate', 'spec'];
        const spec = dig(resource.object, ...path);
        const bounded = field(spec, 'activeDeadlineSeconds') !== undefined;
        yield {
          verdict: bounded ? 'pass' : 'fail',
          resource,
          path: `/${path.join('/')}`,
          detail: `${resource.kind} ${resource.name} may run for ever`,
        };
      }
    },
  ),
];

function objectOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
