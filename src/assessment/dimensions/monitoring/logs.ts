// Monitoring: logs of nodes and the audit log of the API server.

import { asNumber, dig } from '../../../lib/json.ts';
import { ofKind } from '../../../snapshot/lookup.ts';
import { type Check, judged, ofControls } from '../../check.ts';
import { count } from '../../words.ts';

export const logs: readonly Check[] = [
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
];
