// The list of work: each item with what makes it heavy, what it is worth and takes, what comes first, the orders that make the change, and what
// must pass for it to be done. An engineer works from this.

import type { FindingRisk, FixPackage } from '../../assessment/packages/package.ts';
import type { PlanEntry } from '../../assessment/plan/plan.ts';
import { escapeHtml } from '../html/escape.ts';
import { daysText, effortText, whenText } from '../plan/words.ts';
import { counted, placeText, subjectText } from '../words.ts';
import type { AssessmentReport } from './report.ts';
import { numbersOf } from './scatter.ts';
import { prose, quadrantClass, quadrantText, sentence } from './words.ts';

export function work(report: AssessmentReport): string {
  const { plan, set } = report;
  const numbers = numbersOf(plan);
  const packages = new Map(set.packages.map((one) => [one.id, one]));
  const items = plan.items.toSorted((a, b) => (numbers.get(a.id) ?? plan.items.length) - (numbers.get(b.id) ?? plan.items.length));
  return items.map((item) => entry(item, numbers.get(item.id), packages.get(item.id), report)).join('\n');
}

function entry(item: PlanEntry, number: number | undefined, one: FixPackage | undefined, report: AssessmentReport): string {
  const { plan } = report;
  const name = quadrantClass[item.quadrant];
  const mark = item.kind === 'preparation' ? 'first' : quadrantText[item.quadrant];
  const needs = item.needs.map((id) => `<a href="#${id}">${escapeHtml(plan.items.find((other) => other.id === id)?.title ?? id)}</a>`);
  const rows: readonly (readonly [string, string])[] = [
    ...(item.risk === undefined ? [] : [['Why', `${escapeHtml(sentence(item.risk.sentence))} Risk ${item.risk.score} of 100.`] as const]),
    ...(one === undefined ? [] : [['Risk', factors(one.worst.risk)] as const]),
    ['Worth', `${daysText(item.value)} of ${Math.round(plan.summary.risk.now)} points, ${item.basis}: ${escapeHtml(item.why)}.`],
    [
      'Effort',
      `${effortText(item)}: ${escapeHtml(item.effort.why)}${one === undefined ? '' : ` <span class="dim">(${escapeHtml(one.effort.terms.map(({ text, days }) => `${text} ${daysText(days)}`).join(' + '))}, × ${one.effort.factor})</span>`}.`,
    ],
    ['Who', `${escapeHtml(item.owner)} <span class="dim">${escapeHtml(item.ownerBy)}</span>`],
    [
      'When',
      `${whenText(item)}${item.deadline === undefined ? '' : `; ${escapeHtml(item.deadline.why)}`}${item.status === 'started' ? '; work has begun' : ''}`,
    ],
    ...(needs.length === 0 ? [] : [['First', needs.join('; ')] as const]),
    [
      'Done when',
      item.acceptance.map((control) => `<code>${escapeHtml(control)}</code>`).join(' ') + (item.kind === 'package' ? ' pass' : ''),
    ],
  ];
  const advice = one === undefined ? '' : adviceOf(one, report);
  const commands =
    item.changes.length === 0
      ? ''
      : `<p class="dim">Changes that the engine tried${item.moreChanges > 0 ? ` (the first ${item.changes.length} of ${item.changes.length + item.moreChanges})` : ''}; for files, <code>cofferdam fix PATH --write</code> makes those that controls propose${item.theme === 'rights' ? '. Rights that are used are missed: <code>cofferdam fixes PATH --audit FILE</code> compares with recorded use first' : ''}:</p>${item.changes
          .map(
            ({ command, source }) =>
              `${source === undefined ? '' : `<div class="where">${escapeHtml(placeText(source))}</div>`}<pre>${escapeHtml(command)}</pre>`,
          )
          .join('')}`;
  return `<details class="work" id="${item.id}"><summary><span class="n">${number ?? ''}</span><span>${escapeHtml(item.title)}</span><span class="meta"><span class="tag t-${name}">${mark}</span> · ${daysText(item.effort.p50)} d · ${daysText(item.value)} pts${item.basis === 'measured' ? '' : ' ~'}</span></summary><div class="inside"><dl>${rows.map(([term, text]) => `<dt>${term}</dt><dd>${text}</dd>`).join('')}</dl>${advice}${commands}${one === undefined ? '' : places(one)}</div></details>`;
}

/** R = 100 · likelihood · impact · (1 − compensation), each factor with its reason. */
function factors({ likelihood, exposure, exploit, impact, compensation }: FindingRisk): string {
  const part = (name: string, { value, why }: { readonly value: number; readonly why: string }) =>
    `${name} ${Math.round(value * 100) / 100} <span class="dim">(${escapeHtml(why)})</span>`;
  return `likelihood ${likelihood} from ${part('exposure', exposure)} and ${part('exploit', exploit)}; ${part('impact', impact)}; ${part('compensation', compensation)}`;
}

const mostAdvice = 4;

function adviceOf({ acceptance }: FixPackage, { catalogue }: AssessmentReport): string {
  const known = acceptance.flatMap((id) => catalogue.find((control) => control.id === id) ?? []);
  const rows = known.slice(0, mostAdvice).map(({ title, fix }) => `<li><b>${prose(title)}.</b> ${prose(fix)}</li>`);
  const more = known.length > mostAdvice ? `<li class="dim">and ${known.length - mostAdvice} more: see the findings below</li>` : '';
  return rows.length === 0 ? '' : `<ul class="screen">${rows.join('')}${more}</ul>`;
}

const mostPlaces = 12;

function places({ findings, roots }: FixPackage): string {
  const seen = new Map<string, string>();
  for (const { subject, source, detail } of findings) {
    const text = `${subjectText(subject)}: ${detail}`;
    const place = placeText(source);
    seen.set(`${place} ${text}`, `<li>${place === '' ? '' : `${escapeHtml(place)} · `}${escapeHtml(text)}</li>`);
  }
  const rows = [...seen.values()];
  const more = rows.length > mostPlaces ? `<li>and ${rows.length - mostPlaces} more, among the findings below</li>` : '';
  return `<div class="screen"><p class="dim">${counted(findings.length, 'finding')} with ${counted(roots, 'cause')}:</p><ul class="where">${rows.slice(0, mostPlaces).join('')}${more}</ul></div>`;
}
