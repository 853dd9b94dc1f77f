// Monitoring: rules of the Prometheus operator (monitoring.coreos.com/v1), and where their alerts go.

import { asList, asString, dig, field, stringMap } from '../../../lib/json.ts';
import { ofKind } from '../../../snapshot/lookup.ts';
import { type Check, type Judgement, judged } from '../../check.ts';
import { count } from '../../words.ts';

export const alerts: readonly Check[] = [
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
];

export const alertsRouted: Check = judged(
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
);

export const detection: readonly Check[] = [
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
