// `assess --lose` and `--single-points`: what is left without a part of the cluster.

import { type Fate, type LossReport, lossText } from '../../assessment/lose/loss.ts';
import type { SinglePoint } from '../../assessment/lose/ranking.ts';
import { type Color, pad, paint } from '../../lib/display.ts';
import { printable } from '../../lib/text.ts';
import { counted, subjectText } from '../../report/words.ts';

const colors: Readonly<Record<Fate, Color>> = { lost: 'red', interrupted: 'yellow', degraded: 'blue', kept: 'green' };

/** A loss in words: workloads, the worst first, then volumes, Services and budgets. */
export function lossTable({ lost, nodes, workloads, services, budgets, claims, room, notes }: LossReport, color: boolean): string {
  const of = (fate: Fate) => workloads.filter((one) => one.fate === fate).length;
  const lines = [
    paint(`without ${printable(lossText(lost))}${nodes.length > 1 ? ` (${counted(nodes.length, 'node')})` : ''}`, 'bold', color),
    `${counted(of('lost'), 'workload')} cannot come back, ${of('interrupted')} down until moved, ${of('degraded')} ${of('degraded') === 1 ? 'goes' : 'go'} on with fewer pods; ${counted(services.length, 'Service')} without a pod`,
    '',
    ...workloads.map(
      ({ subject, fate, before, left, reason }) =>
        `${paint(pad(fate, 12), colors[fate], color)}${pad(`${left} of ${before}`, 10)}${printable(subjectText(subject))}: ${printable(reason)}`,
    ),
    ...claims.map(
      ({ namespace, name, fate, reason, backup }) =>
        `${paint(pad(fate, 12), fate === 'moves' ? 'green' : 'red', color)}${pad('volume', 10)}${printable(`${namespace}/${name}: ${reason}${backup === undefined || reason.includes(backup) ? '' : `; it is in ${backup}`}`)}`,
    ),
    ...services.map(
      ({ namespace, name, before }) =>
        `${paint(pad('no endpoint', 12), 'red', color)}${pad(`0 of ${before}`, 10)}Service ${printable(`${namespace}/${name}`)}`,
    ),
    ...budgets.map(
      ({ namespace, name, wanted, left }) =>
        `${paint(pad('budget', 12), 'yellow', color)}${pad(`${left} of ${wanted}`, 10)}${printable(`${namespace}/${name}`)}: drains wait until pods are back`,
    ),
    ...(room === undefined
      ? []
      : [
          room
            ? 'by what pods request, there is room for all of them'
            : paint('by what pods request, there is not room for all of them', 'red', color),
        ]),
    ...notes.map(printable),
  ];
  return `${lines.join('\n')}\n`;
}

export function singlePointsTable(points: readonly SinglePoint[], color: boolean): string {
  if (points.length === 0) return 'no node and no zone takes a workload, a volume or a Service along\n';
  const head = paint(`${pad('without', 44)}lost  volumes  Services  interrupted`, 'dim', color);
  const rows = points.map(
    ({ loss, lost, claims, services, interrupted }) =>
      `${pad(printable(lossText(loss)), 44)}${String(lost).padStart(4)}  ${String(claims).padStart(7)}  ${String(services).padStart(8)}  ${String(interrupted).padStart(11)}`,
  );
  return `${[paint('single points of failure, the worst first', 'bold', color), head, ...rows].join('\n')}\n`;
}
