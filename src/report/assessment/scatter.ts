// The scorecard: each package by what it takes (across, person-days) and what it is worth (up, points of risk, both by their logarithm), as
// large as it has objects. Marks differ in shape, so that no colour is needed; numbers lead to the list of work.

import { effortLine } from '../../assessment/packages/packages.ts';
import type { Plan, PlanEntry } from '../../assessment/plan/plan.ts';
import { escapeHtml } from '../html/escape.ts';
import { daysText } from '../plan/words.ts';
import { quadrantClass, quadrantText } from './words.ts';

const width = 900;
const height = 420;
const [left, right, top, bottom] = [52, 20, 18, 44];

/** Numbers of items in the list of work, by id. */
export function numbersOf({ items }: Plan): ReadonlyMap<string, number> {
  return new Map(
    items
      .filter(({ kind }) => kind !== 'preparation')
      .toSorted((a, b) => b.value - a.value || (a.id < b.id ? -1 : 1))
      .map(({ id }, index) => [id, index + 1]),
  );
}

export function scatter(plan: Plan): string {
  const numbers = numbersOf(plan);
  const items = plan.items.filter(({ id }) => numbers.has(id));
  if (items.length === 0) return '<p class="dim">There is nothing to weigh.</p>';
  const days = items.map(({ effort }) => effort.p50);
  const values = items.map(({ value }) => Math.max(value, 0.05));
  const x = scale(Math.min(0.2, ...days), Math.max(4, ...days), left, width - right);
  const y = scale(Math.max(0.05, Math.min(...values)), Math.max(2, ...values) * 1.3, height - bottom, top);
  const xTicks = [0.25, 0.5, 1, 2, 4, 8, 16, 32].filter((tick) => tick >= Math.min(0.2, ...days) && tick <= Math.max(4, ...days));
  const yTicks = [0.1, 1, 10, 100].filter((tick) => tick >= Math.max(0.05, Math.min(...values)) && tick <= Math.max(...values) * 1.3);
  const axes = [
    ...xTicks.map(
      (tick) =>
        `<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${height - bottom}"/><text class="dim" x="${x(tick)}" y="${height - bottom + 16}" font-size="11" text-anchor="middle">${tick}</text>`,
    ),
    ...yTicks.map((tick) => `<text class="dim" x="${left - 8}" y="${y(tick) + 4}" font-size="11" text-anchor="end">${tick}</text>`),
    `<line class="axis" x1="${x(effortLine)}" x2="${x(effortLine)}" y1="${top}" y2="${height - bottom}"/>`,
    `<text class="dim" x="${(left + width) / 2}" y="${height - 6}" font-size="12" text-anchor="middle">person-days (middle estimate)</text>`,
    `<text class="dim" x="14" y="${height / 2}" font-size="12" text-anchor="middle" transform="rotate(-90 14 ${height / 2})">points of risk taken away</text>`,
    `<text class="dim" x="${x(effortLine) - 6}" y="${top + 10}" font-size="12" text-anchor="end">little effort</text><text class="dim" x="${x(effortLine) + 6}" y="${top + 10}" font-size="12">more</text>`,
  ];
  const taken: (readonly [number, number])[] = [];
  const marks = items
    .toSorted((a, b) => (numbers.get(a.id) ?? 0) - (numbers.get(b.id) ?? 0))
    .map((item) => {
      const size = Math.min(13, 5 + Math.sqrt(item.objects));
      const [cx, cy] = apart(x(item.effort.p50), y(Math.max(item.value, 0.05)), taken);
      return mark(item, numbers.get(item.id) ?? 0, cx, cy, size);
    });
  const legend = (['quick win', 'major project', 'fill-in', 'defer'] as const).map(
    (quadrant) =>
      `<span><svg width="14" height="14" viewBox="0 0 14 14" style="display:inline-block;vertical-align:-2px" aria-hidden="true">${shape(quadrant, 7, 7, 5)}</svg> ${quadrantText[quadrant]} ${plan.summary.quadrants[quadrant]}</span>`,
  );
  return `<figure><div class="scroll"><svg class="wide full" viewBox="0 0 ${width} ${height}" role="img" aria-label="Scorecard of ${items.length} items by effort and value; the list of work below has the same figures">${axes.join('')}${marks.join('')}</svg></div><div class="legend">${legend.join('')}</div><figcaption>Up: points of risk that are gone with it. Across: person-days. Size: objects. A quick win or a major project is worth much: together they make nine tenths of what can be gained, or have a finding that is serious by itself. Numbers are those of the list of work. Both axes are logarithmic.</figcaption></figure>`;
}

function scale(low: number, high: number, from: number, to: number): (value: number) => number {
  const [a, b] = [Math.log(low), Math.log(Math.max(high, low * 2))];
  return (value) => Math.round((from + ((Math.log(Math.max(value, low)) - a) / (b - a)) * (to - from)) * 10) / 10;
}

/** Moves a mark aside where another one lies already. */
function apart(x: number, y: number, taken: (readonly [number, number])[]): readonly [number, number] {
  let [cx, cy] = [x, y];
  for (let step = 1; step <= 24 && taken.some(([a, b]) => Math.hypot(a - cx, b - cy) < 19); step++) {
    const angle = step * 2.4;
    cx = Math.min(width - right - 8, Math.max(left + 8, x + Math.cos(angle) * (9 + step * 2.2)));
    cy = Math.min(height - bottom - 8, Math.max(top + 8, y + Math.sin(angle) * (9 + step * 2.2)));
  }
  taken.push([cx, cy]);
  return [Math.round(cx * 10) / 10, Math.round(cy * 10) / 10];
}

function mark(item: PlanEntry, number: number, x: number, y: number, size: number): string {
  const tip = `${number}. ${item.title}: ${item.value} points, ${daysText(item.effort.p50)} days, ${item.basis}`;
  return `<a href="#${item.id}"><title>${escapeHtml(tip)}</title>${shape(item.quadrant, x, y, size)}<text x="${x}" y="${y + (item.quadrant === 'fill-in' ? 5 : 3.5)}" font-size="10" text-anchor="middle" style="fill:var(--bg);font-weight:650">${number}</text></a>`;
}

function shape(quadrant: PlanEntry['quadrant'], x: number, y: number, size: number): string {
  const name = `q-${quadrantClass[quadrant]}`;
  const s = Math.round(size * 10) / 10;
  if (quadrant === 'quick win') return `<circle class="${name}" cx="${x}" cy="${y}" r="${s + 2}"/>`;
  if (quadrant === 'major project')
    return `<rect class="${name}" x="${x - s - 1}" y="${y - s - 1}" width="${2 * s + 2}" height="${2 * s + 2}" rx="2"/>`;
  if (quadrant === 'fill-in')
    return `<polygon class="${name}" points="${x},${y - s - 6} ${x + s + 6},${y + s + 3} ${x - s - 6},${y + s + 3}"/>`;
  return `<polygon class="${name}" points="${x},${y - s - 4} ${x + s + 4},${y} ${x},${y + s + 4} ${x - s - 4},${y}"/>`;
}
