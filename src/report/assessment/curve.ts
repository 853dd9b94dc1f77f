// The risk that is left over a year, as a share of today's: the expected course, and the one where work takes as long as eight of ten stay
// under. The same figures stand in a table for those who do not see the picture.

import type { Plan } from '../../assessment/plan/plan.ts';
import { shareText } from '../plan/words.ts';

export function curve(plan: Plan, size: 'small' | 'large'): string {
  const { now } = plan.summary.risk;
  if (now <= 0) return '<p class="dim">There is no risk to take away.</p>';
  const points = size === 'small' ? plan.curve.slice(0, 7) : plan.curve;
  const [width, height, left, bottom, top] = size === 'small' ? [480, 150, 40, 26, 10] : [900, 260, 46, 32, 14];
  const last = points.length - 1;
  const x = (index: number) => left + (index / Math.max(1, last)) * (width - left - 14);
  const y = (value: number) => top + (1 - value / now) * (height - top - bottom);
  const line = (of: 'p50' | 'p80') => points.map((point, index) => `${x(index).toFixed(1)},${y(point[of]).toFixed(1)}`);
  const grid = [0, 25, 50, 75, 100].map(
    (share) =>
      `<line class="grid" x1="${left}" x2="${width - 14}" y1="${y((share / 100) * now)}" y2="${y((share / 100) * now)}"/><text class="dim" x="${left - 6}" y="${y((share / 100) * now) + 4}" text-anchor="end" font-size="11">${share} %</text>`,
  );
  const step = size === 'small' ? 1 : 2;
  const ticks = points.flatMap(({ sprint, date }, index) =>
    index % step === 0
      ? [
          `<text class="dim" x="${x(index)}" y="${height - 8}" text-anchor="${index === 0 ? 'start' : index === last ? 'end' : 'middle'}" font-size="11">${index === 0 ? 'today' : date === undefined || size === 'small' ? sprint : date.slice(5)}</text>`,
        ]
      : [],
  );
  const words = `Risk left: ${points
    .filter((_, index) => index % 2 === 0)
    .map(({ sprint, p50 }) => `after sprint ${sprint} ${shareText(p50, now)}`)
    .join(', ')}`;
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${words}">${grid.join('')}${ticks.join('')}<polygon class="between" points="${[...line('p50'), ...line('p80').reverse()].join(' ')}"/><polyline class="p80" points="${line('p80').join(' ')}"/><polyline class="p50" points="${line('p50').join(' ')}"/></svg><figcaption>Risk left at the end of each sprint of two weeks: solid, expected; dashed, where work takes long.</figcaption></figure>`;
}
