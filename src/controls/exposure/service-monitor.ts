// A ServiceMonitor or PodMonitor of the Prometheus operator that selects nothing: what it was to watch is not watched, and nobody is told.
// Judged in the namespaces that the snapshot holds something of.

import { isEmptySelector, selects } from '../../kube/label-selector.ts';
import { labelsOf } from '../../kube/object.ts';
import { asObject, dig, strings } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { podsIn } from '../pods-in.ts';
import { service } from './examples.ts';

export const serviceMonitor = control({
  id: 'exposure/service-monitor',
  aliases: ['dangling-servicemonitor'],
  severity: 'low',
  title: 'ServiceMonitors and PodMonitors select something',
  why: 'A monitor that selects nothing watches nothing: failures and intrusions of what it was meant for raise no alarm.',
  fix: 'Correct the selector or the namespaceSelector, or delete the monitor.',
  frameworks: ['owasp:K05'],
  on: objects('monitoring.coreos.com/ServiceMonitor', 'monitoring.coreos.com/PodMonitor'),
  check: ({ resource }, { snapshot }) => {
    const selector = dig(resource.object, 'spec', 'selector') ?? {};
    if (isEmptySelector(selector) || candidates(snapshot, resource).some((labels) => selects(selector, labels))) return [];
    const what = resource.kind === 'PodMonitor' ? 'pod' : 'Service';
    return [fail('/spec/selector', 'selects-nothing', `${resource.kind} "${resource.name}" selects no ${what}`)];
  },
  examples: {
    pass: () => [cluster(deployment(), service(), monitor('app'))],
    fail: () => [cluster(deployment(), service(), monitor('apps'))],
  },
});

/** Labels of everything in the namespaces it looks at. */
function candidates(snapshot: Snapshot, monitor: Resource): readonly Readonly<Record<string, string>>[] {
  const where = asObject(dig(monitor.object, 'spec', 'namespaceSelector'));
  const names = strings(where.matchNames);
  const inside = (namespace: string) =>
    where.any === true || (names.length === 0 ? namespace === monitor.namespace : names.includes(namespace));
  const services = ofKind(snapshot, '', 'Service').filter(({ namespace }) => inside(namespace));
  if (monitor.kind === 'ServiceMonitor') return services.map(({ object }) => labelsOf(object));
  const spaces = new Set(snapshot.resources.filter(({ pods }) => pods.length > 0).map(({ namespace }) => namespace));
  return [...spaces].filter(inside).flatMap((namespace) => podsIn(snapshot, namespace).map(({ pod }) => pod.labels));
}

function monitor(name: string) {
  const selector = { matchLabels: { 'app.kubernetes.io/name': name } };
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: 'app', namespace: 'shop' },
    spec: { selector, endpoints: [{ port: 'http' }] },
  };
}
