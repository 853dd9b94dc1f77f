// Monitoring: are metrics there, of workloads and of objects? The metrics API and the Prometheus operator (monitoring.coreos.com/v1).

import { selects } from '../../../kube/label-selector.ts';
import { asList, dig, field, stringMap } from '../../../lib/json.ts';
import { ofKind } from '../../../snapshot/lookup.ts';
import type { Resource } from '../../../snapshot/snapshot.ts';
import { type Check, judged, ofControls } from '../../check.ts';
import { running } from '../../words.ts';

const noOperator = 'no object of the Prometheus operator was seen; other tools do not show as objects';

export const metrics: readonly Check[] = [
  judged(
    'monitoring/metrics-api',
    { title: 'The metrics API answers', fix: 'Install metrics-server: autoscaling and `kubectl top` need it.', weight: 3, needs: ['live'] },
    function* ({ snapshot }) {
      const resource = ofKind(snapshot, 'apiregistration.k8s.io', 'APIService').find(({ name }) => name === 'v1beta1.metrics.k8s.io');
      if (resource === undefined) {
        const read = ofKind(snapshot, 'apiregistration.k8s.io', 'APIService').length > 0;
        yield read
          ? { verdict: 'fail', detail: 'there is no APIService v1beta1.metrics.k8s.io' }
          : { verdict: 'unknown', detail: 'APIServices were not read' };
        return;
      }
      const available = asList(dig(resource.object, 'status', 'conditions')).some(
        (one) => field(one, 'type') === 'Available' && field(one, 'status') === 'True',
      );
      yield {
        verdict: available ? 'pass' : 'fail',
        resource,
        path: '/status/conditions',
        detail: `v1beta1.metrics.k8s.io is ${available ? '' : 'not '}available`,
      };
    },
  ),
  judged(
    'monitoring/scraped',
    {
      title: 'Workloads that serve are scraped',
      fix: 'Add a ServiceMonitor or PodMonitor for each, or the annotation that your collector reads.',
      weight: 3,
      nothing: noOperator,
    },
    function* ({ snapshot }) {
      const monitors = ['ServiceMonitor', 'PodMonitor'].flatMap((kind) => ofKind(snapshot, 'monitoring.coreos.com', kind));
      if (monitors.length === 0) return;
      const services = Map.groupBy(ofKind(snapshot, '', 'Service'), ({ namespace }) => namespace);
      for (const resource of running(snapshot)) {
        const serves = resource.pods.some(({ containers }) => containers.some(({ ports }) => ports.length > 0));
        if (!serves) continue;
        const annotated = resource.pods.some(({ annotations }) => annotations['prometheus.io/scrape'] === 'true');
        const covered = annotated || monitors.some((monitor) => watches(services.get(resource.namespace) ?? [], monitor, resource));
        yield {
          verdict: covered ? 'pass' : 'fail',
          resource,
          detail: `${resource.kind} ${resource.name} is ${covered ? '' : 'not '}scraped`,
        };
      }
    },
  ),
  ofControls(
    'monitoring/monitors-select',
    {
      title: 'ServiceMonitors and PodMonitors select something',
      fix: 'Repair their selectors: a monitor that selects nothing is silent.',
      weight: 1,
      nothing: noOperator,
    },
    ['exposure/service-monitor'],
  ),
];

export const objectMetrics: Check = judged(
  'monitoring/object-metrics',
  {
    title: 'The state of objects is a metric',
    fix: 'Run kube-state-metrics: alerts on Deployments and Jobs need it.',
    weight: 1,
    needs: ['live'],
  },
  function* ({ snapshot }) {
    const own = running(snapshot);
    if (own.length === 0) return;
    const tool = own.find(({ pods }) =>
      pods.some(({ containers }) => containers.some(({ image }) => /kube-state-metrics/.test(image ?? ''))),
    );
    yield {
      verdict: tool === undefined ? 'fail' : 'pass',
      ...(tool === undefined ? {} : { resource: tool }),
      detail: tool === undefined ? 'no kube-state-metrics was seen' : `${tool.name} runs`,
    };
  },
);

/** True where a monitor selects the pods of a workload, itself or through a Service of its namespace. */
function watches(services: readonly Resource[], monitor: Resource, workload: Resource): boolean {
  const spec = field(monitor.object, 'spec');
  const chosen = dig(spec, 'namespaceSelector', 'matchNames');
  const everywhere = dig(spec, 'namespaceSelector', 'any') === true;
  if (!everywhere && !(chosen === undefined ? monitor.namespace === workload.namespace : asList(chosen).includes(workload.namespace)))
    return false;
  const selector = field(spec, 'selector');
  if (monitor.kind === 'PodMonitor') return workload.pods.some(({ labels }) => selects(selector, labels));
  return services.some(
    (service) =>
      selects(selector, stringMap(dig(service.object, 'metadata', 'labels'))) &&
      workload.pods.some(({ labels }) => leadsTo(dig(service.object, 'spec', 'selector'), labels)),
  );
}

function leadsTo(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(stringMap(selector));
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
