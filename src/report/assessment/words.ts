// Words, numbers and small pieces that the sections of the report share.

import type { Score } from '../../assessment/assessment.ts';
import type { Quadrant } from '../../assessment/packages/package.ts';
import { escapeHtml } from '../html/escape.ts';

export const quadrantClass: Readonly<Record<Quadrant, string>> = {
  'quick win': 'quick',
  'major project': 'major',
  'fill-in': 'fill',
  defer: 'later',
};

export const quadrantText: Readonly<Record<Quadrant, string>> = {
  'quick win': 'quick win',
  'major project': 'major project',
  'fill-in': 'fill-in',
  defer: 'later',
};

export function scoreClass(score: number | undefined): string {
  return score === undefined ? 'open' : score >= 75 ? 'good' : score >= 50 ? 'fair' : 'poor';
}

export function whole(value: number): string {
  return String(Math.round(value));
}

/** A bar from 0 to 100 with the range the figure may lie in; the same in words for those who do not see it. */
export function meter({ score, range }: Pick<Score, 'score' | 'range'>): string {
  const low = Math.max(0, Math.min(100, range.low));
  const high = Math.max(low, Math.min(100, range.high));
  const words =
    score === undefined
      ? `not known, between ${whole(low)} and ${whole(high)}`
      : `${whole(score)} of 100, between ${whole(low)} and ${whole(high)}`;
  const fill = score === undefined ? '' : `<i class="fill ${scoreClass(score)}" style="width:${score}%"></i>`;
  const mark = score === undefined ? '' : `<i class="mark" style="left:${score}%"></i>`;
  return `<div class="meter" role="img" aria-label="${words}">${fill}<i class="band" style="left:${low}%;width:${high - low}%"></i>${mark}</div>`;
}

/** Text cut for a picture, where there is no room to wrap. */
export function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** A sentence of the catalogue: backquotes mark code. */
export function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

export function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}
