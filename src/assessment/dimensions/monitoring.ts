// Monitoring and health: would anyone notice, soon enough, and know whom to call?
// Prometheus operator (monitoring.coreos.com/v1), the metrics API, probes.

import { selects } from '../../kube/label-selector.ts';
import { asList, asNumber, asString, dig, field, stringMap } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { type Check, type Judgement, judged, ofControls } from '../check.ts';
import { nodesOf } from '../nodes.ts';
import { count, running } from '../words.ts';

const noOperator = 'no object of the Prometheus operator was seen; other tools do not show as objects';

export const monitoring: readonly Check[] = [
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
  alert(
    'monitoring/alert-crash-loops',
    'There is an alert for containers that crash again and again',
    /crashloop|kube_pod_container_status_(?:restarts|waiting)/,
  ),
  alert(
    'monitoring/alert-nodes',
    'There is an alert for nodes that are not ready',
    /kube_node_status_condition|nodenotready|up\{[^}]{0,80}node/,
  ),
  alert(
    'monitoring/alert-certificates',
    'There is an alert for certificates that end',
    /certmanager_certificate_expiration|certificate_expiration|cert.{0,20}expir/,
  ),
  alert('monitoring/alert-volumes', 'There is an alert for volumes that fill up', /kubelet_volume_stats|volumefill/),
  alert('monitoring/alert-etcd', 'There is an alert for etcd', /\betcd_(?:server|disk|mvcc)/),
  judged(
    'monitoring/alerts-go-somewhere',
    {
      title: 'Alerts reach someone',
      fix: 'Set a receiver of Alertmanager with a channel: mail, chat, pager.',
      weight: 9,
      gate: true,
      nothing: 'no Alertmanager was seen',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, 'monitoring.coreos.com', 'AlertmanagerConfig')) {
        const receivers = asList(dig(resource.object, 'spec', 'receivers'));
        const reaches = receivers.some(
          (one) => typeof one === 'object' && one !== null && Object.keys(one).some((key) => key.endsWith('Configs')),
        );
        yield {
          verdict: reaches ? 'pass' : 'fail',
          resource,
          path: '/spec/receivers',
          detail: reaches ? 'a receiver has a channel' : 'no receiver has a channel',
        };
      }
      if (ofKind(snapshot, 'monitoring.coreos.com', 'AlertmanagerConfig').length === 0)
        for (const resource of ofKind(snapshot, 'monitoring.coreos.com', 'Alertmanager'))
          yield { verdict: 'unknown', resource, detail: 'its configuration is in a Secret, which is not read' };
    },
  ),
  judged(
    'monitoring/logs-collected',
    {
      title: 'Logs of every node are collected',
      fix: 'Run a log collector as a DaemonSet that tolerates the taints of all nodes.',
      weight: 9,
      hidden: 'in-manifests',
      nothing: 'no log collector is among the manifests',
    },
    function* ({ snapshot }) {
      const known =
        /fluent|promtail|vector|filebeat|alloy|otel|opentelemetry|datadog|splunk|logging|cloudwatch-agent|oms|ama-logs|newrelic|dynatrace/;
      const agents = ofKind(snapshot, 'apps', 'DaemonSet').filter(
        ({ name, pods }) => known.test(name) || pods.some(({ containers }) => containers.some(({ image }) => known.test(image ?? ''))),
      );
      for (const resource of agents) {
        const missing = asNumber(dig(resource.object, 'status', 'numberUnavailable')) ?? 0;
        yield {
          verdict: missing === 0 ? 'pass' : 'fail',
          resource,
          path: '/status/numberUnavailable',
          detail:
            missing === 0 ? `DaemonSet ${resource.name} collects` : `DaemonSet ${resource.name} is missing on ${count(missing, 'node')}`,
        };
      }
      if (agents.length === 0 && snapshot.facts.live)
        yield { verdict: 'fail', detail: 'no log collector was recognised among the DaemonSets' };
    },
  ),
  ofControls(
    'monitoring/audit-log',
    {
      title: 'The API server keeps an audit log by a policy worth having',
      fix: 'Set an audit policy, or switch the audit log of the provider on.',
      weight: 9,
      hidden: 'always',
      nothing: 'its flags were not seen: they are in files of the nodes, or with the provider',
      needs: ['live'],
    },
    ['control-plane/audit-log', 'control-plane/audit-policy', 'control-plane/audit-policy-content', 'control-plane/audit-log-age'],
  ),
  judged(
    'monitoring/nodes-healthy',
    {
      title: 'Nodes are ready and under no pressure',
      fix: 'Look into the nodes that say so.',
      weight: 9,
      needs: ['live'],
      phase: 'runtime',
      layer: 'cloud',
    },
    function* ({ snapshot }) {
      for (const node of nodesOf(snapshot)) {
        const conditions = asList(dig(node.object, 'status', 'conditions'));
        const bad = conditions.find((one) =>
          field(one, 'type') === 'Ready'
            ? field(one, 'status') !== 'True'
            : /Pressure$|Unavailable$/.test(asString(field(one, 'type')) ?? '') && field(one, 'status') === 'True',
        );
        yield {
          verdict: conditions.length === 0 ? 'unknown' : bad === undefined ? 'pass' : 'fail',
          resource: node,
          path: '/status/conditions',
          detail:
            conditions.length === 0
              ? 'it tells no conditions'
              : bad === undefined
                ? 'ready'
                : `${asString(field(bad, 'type'))}: ${asString(field(bad, 'message')) ?? ''}`,
        };
      }
    },
  ),
  ofControls(
    'monitoring/probes-differ',
    {
      title: 'Liveness is not decided by the readiness probe',
      fix: 'Let liveness ask only whether a restart helps.',
      weight: 3,
      layer: 'container',
    },
    ['reliability/probes-identical'],
  ),
  judged(
    'monitoring/liveness-own',
    {
      title: 'Liveness does not depend on others',
      fix: 'Ask the container itself: a database that is down must not restart all that use it.',
      weight: 3,
      layer: 'container',
      nothing: 'no container has a liveness probe',
    },
    function* ({ snapshot }) {
      for (const resource of running(snapshot))
        for (const { containers } of resource.pods)
          for (const container of containers) {
            const probe = field(container.spec, 'livenessProbe');
            if (probe === undefined) continue;
            const path = asString(dig(probe, 'httpGet', 'path')) ?? '';
            const words = asList(dig(probe, 'exec', 'command')).join(' ');
            const outside =
              (asString(dig(probe, 'httpGet', 'host')) ?? '') !== '' ||
              /\b(?:curl|wget|nc|psql|mysqladmin|redis-cli)\b.*(?:-h |:\/\/(?!localhost|127\.|\[::1\]))/.test(words.slice(0, 2048)) ||
              /dependenc|deep|database/.test(path);
            yield {
              verdict: outside ? 'fail' : 'pass',
              resource,
              path: container.at('/livenessProbe'),
              detail: `container ${container.name} ${outside ? 'is restarted when something else is down' : 'is asked itself'}`,
            };
          }
    },
  ),
  judged(
    'monitoring/slow-starts',
    {
      title: 'Slow starts have a startup probe',
      fix: 'Replace a long `initialDelaySeconds` by a startup probe.',
      weight: 1,
      layer: 'container',
      nothing: 'no container has a liveness probe',
    },
    function* ({ snapshot }) {
      for (const resource of running(snapshot))
        for (const { containers } of resource.pods)
          for (const container of containers) {
            const probe = field(container.spec, 'livenessProbe');
            if (probe === undefined) continue;
            const delay = asNumber(field(probe, 'initialDelaySeconds')) ?? 0;
            const bad = delay > 30 && field(container.spec, 'startupProbe') === undefined;
            yield {
              verdict: bad ? 'fail' : 'pass',
              resource,
              path: container.at('/livenessProbe/initialDelaySeconds'),
              detail: `container ${container.name} waits ${delay} seconds at every start`,
            };
          }
    },
  ),
  judged(
    'monitoring/ready-endpoints',
    {
      title: 'Nine of ten endpoints of each Service are ready',
      fix: 'Look into the pods that are not ready.',
      weight: 3,
      needs: ['live'],
      phase: 'runtime',
    },
    function* ({ snapshot }) {
      const slices = Map.groupBy(
        ofKind(snapshot, 'discovery.k8s.io', 'EndpointSlice'),
        ({ namespace, object }) => `${namespace}/${asString(dig(object, 'metadata', 'labels', 'kubernetes.io/service-name')) ?? ''}`,
      );
      for (const [name, own] of slices) {
        const endpoints = own.flatMap(({ object }) => asList(field(object, 'endpoints')));
        if (endpoints.length === 0) continue;
        const ready = endpoints.filter((one) => dig(one, 'conditions', 'ready') !== false).length;
        yield {
          verdict: ready * 10 >= endpoints.length * 9 ? 'pass' : 'fail',
          ...(own[0] === undefined ? {} : { resource: own[0] }),
          detail: `Service ${name}: ${ready} of ${count(endpoints.length, 'endpoint')} ready`,
        };
      }
    },
  ),
  judged(
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
  ),
  judged(
    'monitoring/alerts-routed',
    {
      title: 'Alerts name a severity and the team they are for',
      fix: 'Label rules with `severity` and `team`.',
      weight: 1,
      nothing: 'no PrometheusRule was seen',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, 'monitoring.coreos.com', 'PrometheusRule'))
        for (const [index, rule] of alertsIn(resource.object).entries()) {
          const labels = stringMap(field(rule, 'labels'));
          yield {
            verdict: labels.severity === undefined ? 'fail' : 'pass',
            resource,
            path: '/spec/groups',
            detail: `alert ${asString(field(rule, 'alert')) ?? index} ${labels.severity === undefined ? 'has no severity' : `is ${labels.severity}`}`,
          };
        }
    },
  ),
  judged(
    'monitoring/event-rate',
    { title: 'Warnings are no flood', fix: 'Look into what warns most.', weight: 1, needs: ['metrics'], phase: 'runtime' },
    (): readonly Judgement[] => [],
  ),
  judged(
    'monitoring/time-to-detect',
    {
      title: 'A planted event raises its alert within minutes',
      fix: 'Plant a harmless event each week and measure the time to its alert.',
      weight: 3,
      needs: ['metrics'],
      phase: 'runtime',
    },
    (): readonly Judgement[] => [],
  ),
];

function alertsIn(object: unknown): readonly unknown[] {
  return asList(dig(object, 'spec', 'groups'))
    .flatMap((group) => asList(field(group, 'rules')))
    .filter((rule) => field(rule, 'alert') !== undefined);
}

/** A check that some rule of Prometheus asks for this. */
function alert(id: string, title: string, words: RegExp): Check {
  return judged(
    id,
    {
      title,
      fix: 'Add the rule; the kube-prometheus mixins have one.',
      weight: 1,
      phase: 'runtime',
      nothing: 'no PrometheusRule was seen',
    },
    function* ({ snapshot }) {
      const rules = ofKind(snapshot, 'monitoring.coreos.com', 'PrometheusRule');
      if (rules.length === 0) return;
      const found = rules.find(({ object }) =>
        alertsIn(object).some((rule) =>
          words.test(`${asString(field(rule, 'alert')) ?? ''} ${asString(field(rule, 'expr')) ?? ''}`.slice(0, 4096).toLowerCase()),
        ),
      );
      yield {
        verdict: found === undefined ? 'fail' : 'pass',
        ...(found === undefined ? {} : { resource: found }),
        detail:
          found === undefined
            ? `no rule of ${count(rules.length, 'PrometheusRule')} asks for it`
            : `PrometheusRule ${found.name} asks for it`,
      };
    },
  );
}

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
