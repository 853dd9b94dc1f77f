// Single points of failure: every node and every zone lost in turn, the worst first. And volumes that exist once and are in no backup.

import type { Snapshot } from '../../snapshot/snapshot.ts';
import { nodesOf } from '../nodes.ts';
import type { Loss } from './loss.ts';
import { placement } from './placed.ts';
import { simulate } from './simulate.ts';

export interface SinglePoint {
  readonly loss: Loss;
  /** Workloads that cannot come back, that are down until they moved, Services without a pod, volumes that cannot be reached. */
  readonly lost: number;
  readonly interrupted: number;
  readonly services: number;
  readonly claims: number;
}

/** Most nodes that are lost in turn. */
const mostNodes = 500;

/** What hurts most to lose, the worst first; what hurts nobody is left out. */
export function singlePoints(snapshot: Snapshot): readonly SinglePoint[] {
  const zones = [...new Set(placement(snapshot).zones.values())].sort();
  const losses: readonly Loss[] = [
    ...zones.map((name): Loss => ({ kind: 'zone', name })),
    ...nodesOf(snapshot)
      .slice(0, mostNodes)
      .map(({ name }): Loss => ({ kind: 'node', name })),
  ];
  return losses
    .flatMap((loss): readonly SinglePoint[] => {
      const report = simulate(snapshot, loss);
      if (!report.ok) return [];
      const { workloads, services, claims } = report.value;
      const of = (fate: string) => workloads.filter((one) => one.fate === fate).length;
      const point = {
        loss,
        lost: of('lost'),
        interrupted: of('interrupted'),
        services: services.length,
        claims: claims.filter(({ fate }) => fate !== 'moves').length,
      };
      return point.lost + point.interrupted + point.services + point.claims > 0 ? [point] : [];
    })
    .sort((a, b) => b.lost - a.lost || b.claims - a.claims || b.services - a.services || b.interrupted - a.interrupted);
}
