// Health: nodes, probes that ask the right thing, endpoints that are ready.

import type { Container } from '../../../kube/pod/types.ts';
import { asList, asNumber, asString, dig, field, type Json } from '../../../lib/json.ts';
import { ofKind } from '../../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../../snapshot/snapshot.ts';
import { type Check, judged, ofControls } from '../../check.ts';
import { nodesOf } from '../../nodes.ts';
import { count, running } from '../../words.ts';

export const health: readonly Check[] = [
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
      for (const { resource, container, probe } of livenessProbes(snapshot)) {
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
      for (const { resource, container, probe } of livenessProbes(snapshot)) {
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
];

/** Every liveness probe of what runs. */
function* livenessProbes(
  snapshot: Snapshot,
): Generator<{ readonly resource: Resource; readonly container: Container; readonly probe: Json }> {
  for (const resource of running(snapshot))
    for (const { containers } of resource.pods)
      for (const container of containers) {
        const probe = field(container.spec, 'livenessProbe');
        if (probe !== undefined) yield { resource, container, probe };
      }
}
