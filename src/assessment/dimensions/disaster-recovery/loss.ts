// Disaster recovery: what the simulator says of a lost node or zone, and whether the control plane survives one.

import { type Check, judged } from '../../check.ts';
import { placement } from '../../lose/placed.ts';
import { simulate } from '../../lose/simulate.ts';
import { controlPlaneNodes, isManaged, nodesOf, zoneOf } from '../../nodes.ts';
import { count } from '../../words.ts';

export const loss: readonly Check[] = [
  judged(
    'disaster-recovery/lose-a-node',
    {
      title: 'No workload is down when one node is lost',
      fix: '`cofferdam assess --lose node/NAME` names them: run two pods on different nodes.',
      weight: 9,
      needs: ['live'],
      nothing: 'no pod with a node was seen',
    },
    function* ({ snapshot }) {
      const { byNode } = placement(snapshot);
      for (const node of nodesOf(snapshot)) {
        if ((byNode.get(node.name)?.length ?? 0) === 0) continue;
        const report = simulate(snapshot, { kind: 'node', name: node.name });
        const down = report.ok ? report.value.workloads.filter(({ fate }) => fate === 'lost' || fate === 'interrupted') : [];
        yield {
          verdict: down.length === 0 ? 'pass' : 'fail',
          resource: node,
          detail: `without node ${node.name} ${
            down.length === 0
              ? 'everything goes on'
              : `${count(down.length, 'workload')} ${down.length === 1 ? 'is' : 'are'} down: ${down
                  .slice(0, 3)
                  .map(({ subject }) => subject.name)
                  .join(', ')}`
          }`,
        };
      }
    },
  ),
  judged(
    'disaster-recovery/lose-a-zone',
    {
      title: 'No workload is lost with one zone',
      fix: '`cofferdam assess --lose zone/NAME` names them: spread pods and data over zones.',
      weight: 9,
      needs: ['live'],
      layer: 'cloud',
      nothing: 'no node names its zone',
    },
    function* ({ snapshot }) {
      for (const zone of new Set(nodesOf(snapshot).flatMap((node) => zoneOf(node) ?? []))) {
        const report = simulate(snapshot, { kind: 'zone', name: zone });
        const down = report.ok ? report.value.workloads.filter(({ fate }) => fate === 'lost') : [];
        yield {
          verdict: down.length === 0 ? 'pass' : 'fail',
          detail: `without zone ${zone} ${down.length === 0 ? 'nothing is lost for good' : `${count(down.length, 'workload')} cannot come back`}`,
        };
      }
    },
  ),
  judged(
    'disaster-recovery/control-plane',
    {
      title: 'The control plane survives a node',
      fix: 'Run three control-plane nodes.',
      weight: 9,
      gate: true,
      needs: ['live'],
      nothing: 'the provider runs the control plane',
    },
    function* ({ snapshot, distribution }) {
      if (isManaged(distribution)) return;
      const nodes = controlPlaneNodes(snapshot).length;
      yield nodes === 0
        ? { verdict: 'unknown', detail: 'no node says that it is one of the control plane' }
        : { verdict: nodes >= 3 ? 'pass' : 'fail', detail: count(nodes, 'control-plane node') };
    },
  ),
];
