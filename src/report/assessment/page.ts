// The one report: a page for whoever decides, the ways of attack drawn, the scorecard, the plan and the roadmap, who has what to do, the list
// of work, the dimensions, and every finding with its evidence. One file that fetches nothing; nothing runs but the search over findings.

import { byControl } from '../groups.ts';
import { escapeHtml } from '../html/escape.ts';
import { controlSection, filters } from '../html/page.ts';
import { script, scriptHash } from '../html/script.ts';
import { style } from '../html/style.ts';
import { summarySentences } from '../plan/words.ts';
import { counted, problemText } from '../words.ts';
import { curve } from './curve.ts';
import { front } from './front.ts';
import { health } from './health.ts';
import { attackPaths } from './paths.ts';
import type { AssessmentReport } from './report.ts';
import { owners, responsibility } from './responsibility.ts';
import { scatter } from './scatter.ts';
import { reportStyle } from './style.ts';
import { board, roadmap } from './timeline.ts';
import { work } from './work.ts';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}

/** The report as one HTML text, in pieces. */
export function* assessmentPage(report: AssessmentReport): Generator<string> {
  const { assessment, plan, scan, set } = report;
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src '${scriptHash}'; base-uri 'none'; form-action 'none'`;
  const title = assessment === undefined ? 'Plan' : 'Security and health assessment';
  const sections: readonly Section[] = [
    { id: 'paths', title: 'How an attacker gets in', body: attackPaths(report) },
    {
      id: 'scorecard',
      title: 'Risk and effort',
      body: `${summarySentences(plan)
        .map((text) => `<p>${escapeHtml(text)}</p>`)
        .join('')}${scatter(plan)}`,
    },
    { id: 'plan', title: 'The next 90 days', body: board(plan) },
    { id: 'roadmap', title: 'The year', body: `${roadmap(plan)}${curve(plan, 'large')}` },
    {
      id: 'owners',
      title: 'Who has what to do',
      body: `${owners(plan, set)}${assessment === undefined ? '' : responsibility(assessment)}`,
    },
    { id: 'work', title: 'The list of work', body: work(report) },
    ...(assessment === undefined ? [] : [{ id: 'health', title: 'The eight dimensions', body: health(assessment) }]),
  ];
  const contents = [...sections, { id: 'findings', title: 'Every finding' }, { id: 'method', title: 'How this was made' }];
  yield `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="generator" content="Cofferdam ${escapeHtml(report.version)}">
<title>${title}: ${escapeHtml(report.of)}</title><style>${style}${reportStyle}</style></head><body><a class="skip" href="#paths">Skip to the ways of attack</a><main>
<header><h1>${title}</h1><p class="dim">${escapeHtml(lookedAt(report))}</p>
<nav class="contents" aria-label="Contents">${contents.map(({ id, title: name }) => `<a href="#${id}">${name}</a>`).join('')}</nav></header>
${front(report)}
`;
  for (const { id, title: name, body } of sections) yield `<section class="page" id="${id}"><h2>${name}</h2>\n${body}</section>\n`;
  const groups = byControl(scan.findings);
  yield `<section class="page" id="findings"><h2>Every finding</h2>\n${filters(scan, groups)}`;
  for (const group of groups) yield `${controlSection(group, report.catalogue)}\n`;
  if (groups.length === 0) yield '<p class="none">Nothing to report for what was looked at.</p>';
  yield `</section>\n<section class="page" id="method"><h2>How this was made</h2>${method(report)}</section></main><script>${script}</script></body></html>\n`;
}

function lookedAt({ of, assessment, plan, scan }: AssessmentReport): string {
  const made =
    assessment === undefined ? (plan.start === undefined ? '' : `plan from ${plan.start}; `) : `${assessment.made.slice(0, 10)}; `;
  const nodes = assessment === undefined || assessment.summary.nodes === 0 ? '' : `, ${counted(assessment.summary.nodes, 'node')}`;
  return `${of}; ${made}${counted(scan.summary.objects, 'object')}, ${counted(scan.summary.workloads, 'workload')}, ${counted(scan.summary.namespaces, 'namespace')}${nodes}; Kubernetes ${scan.kubernetesVersion}`;
}

/** What the figures mean and what was not seen: a figure without its source is a rumour. */
function method({ assessment, plan, scan, set }: AssessmentReport): string {
  const coverage = (assessment?.coverage ?? scan.coverage).map(
    ({ source, state, detail }) => `<tr><td>${escapeHtml(source)}</td><td>${state}</td><td>${escapeHtml(detail)}</td></tr>`,
  );
  const problems = (assessment?.problems ?? scan.problems)
    .filter(({ level }) => level !== 'note')
    .slice(0, 50)
    .map((problem) => `<li>${escapeHtml(problemText(problem))}</li>`);
  return `<p>Risk of a finding: 100 × likelihood × impact × (1 − what stands against it). Likelihood joins how near an attacker gets with how useful the weakness is to him; impact is what is held from there in the graph of attacks.</p>
<p>Points of risk (${Math.round(set.risk.total)} today): ${Math.round(set.risk.attack)} are what attackers get, from the internet and from a pod, times how likely they are there, the whole cluster being 1000; the others are the weaknesses by themselves, three hundredths of their own risk each. A package is worth what is gone when the engine runs again on the patched objects, the mean over several orders; where nothing could be patched it is an estimate (~).</p>
<p>Effort: kind of work, templates, teams, restarts, times 0.3 where patches close all of it, 0.6 where some. Of ten packages eight stay under the second figure.</p>
<h3>Assumed</h3><ul>${plan.assumptions.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>
<h3>What was looked at</h3><div class="scroll"><table><thead><tr><th>source</th><th>state</th><th></th></tr></thead><tbody>${coverage.join('')}</tbody></table></div>
${problems.length === 0 ? '' : `<h3>Not read as written</h3><ul class="where">${problems.join('')}</ul>`}`;
}
