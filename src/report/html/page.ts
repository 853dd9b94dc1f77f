// One self-contained HTML file: the figures, the findings by control with place, reason, patch and evidence, Pod Security levels, what was
// covered and what was not. Nothing is fetched and nothing runs but the filter script, which the content security policy names by its hash.

import type { Control, Severity } from '../../controls/control.ts';
import type { Finding, ScanResult } from '../../controls/result.ts';
import { byControl, type ControlGroup, type RootGroup } from '../groups.ts';
import type { Format, View } from '../report.ts';
import { counted, mark, placeText, problemText, subjectText } from '../words.ts';
import { escapeHtml } from './escape.ts';
import { script, scriptHash } from './script.ts';
import { style } from './style.ts';

export const html: Format = {
  name: 'html',
  description: 'one self-contained page with search and filters',
  render: page,
};

function page(result: ScanResult, catalogue: readonly Control[], view: View): string {
  const groups = byControl(result.findings);
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src '${scriptHash}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="generator" content="Cofferdam ${escapeHtml(view.version)}">
<title>Cofferdam: ${openCount(result)} open findings</title><style>${style}</style></head><body><main>
<header><h1>What Cofferdam found</h1><p class="dim">${escapeHtml(lookedAt(result))}</p></header>
${figures(result)}
${judged(result)}
<h2>Rules that do not hold everywhere</h2>
${filters(result, groups)}
${groups.length === 0 ? '<p class="none">Nothing to report for what was looked at; see Coverage for what was not.</p>' : groups.map((group) => controlSection(group, catalogue)).join('\n')}
${podSecurity(result)}
${coverage(result)}
</main><script>${script}</script></body></html>
`;
}

function openCount(result: ScanResult): number {
  return result.findings.filter((finding) => finding.verdict === 'fail').length;
}

function lookedAt({ summary, kubernetesVersion }: ScanResult): string {
  return `${counted(summary.objects, 'object')}, ${counted(summary.workloads, 'workload')}, ${counted(summary.namespaces, 'namespace')} in ${counted(summary.files, 'file')}; ${counted(summary.controls, 'control')}, semantics of Kubernetes ${kubernetesVersion}`;
}

function figures(result: ScanResult): string {
  const { bySeverity } = result.summary;
  const unknown = result.findings.filter((finding) => finding.verdict === 'unknown').length;
  const waived = result.findings.filter((finding) => finding.verdict === 'waived').length;
  const entries: readonly (readonly [string, number])[] = [...Object.entries(bySeverity), ['unknown', unknown], ['waived', waived]];
  const cards = entries.map(([name, count]) => `<div class="figure"><b class="${name}">${count}</b><span class="dim">${name}</span></div>`);
  return `<div class="figures">${cards.join('')}</div>${bar(Object.entries(bySeverity))}`;
}

function judged({ summary }: ScanResult): string {
  const entries = Object.entries(summary.byVerdict);
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  const text = entries.map(([name, count]) => `${count} ${name}`).join(', ');
  return `<p class="dim">${counted(total, 'judgement')} (one control on one object): ${text}</p>`;
}

function bar(entries: readonly (readonly [string, number])[]): string {
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return '';
  const parts = entries
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `<i class="${name}" style="flex:${count}" title="${count} ${name}"></i>`);
  return `<div class="bar" role="img" aria-label="findings by severity">${parts.join('')}</div>`;
}

/** Search, severities and namespaces; the script finds them by their ids. */
export function filters(result: ScanResult, groups: readonly ControlGroup[]): string {
  const classes = [...new Set(groups.map(classOf))];
  const namespaces = [...new Set(result.findings.map((finding) => finding.subject.namespace))].filter((name) => name !== '').sort();
  const chips = classes.map(
    (name) => `<button type="button" class="chip ${name}" data-class="${name}" aria-pressed="true">${name}</button>`,
  );
  const options = namespaces.map((name) => `<option value="${escapeHtml(name)}">${escapeHtml(name)}</option>`);
  return `<div class="filters"><input type="search" id="q" placeholder="Search findings" aria-label="Search findings">${chips.join('')}<select id="ns" aria-label="Namespace"><option value="">all namespaces</option>${options.join('')}</select><button type="button" class="chip" id="all">open all</button><span class="dim" id="left">${counted(result.findings.length, 'finding')}</span></div>`;
}

/** What a group is filtered by: its severity while open, else its verdict. */
function classOf(group: ControlGroup): Severity | 'unknown' | 'waived' {
  return group.verdict === 'fail' ? group.severity : group.verdict;
}

/** One control with its findings, folded. */
export function controlSection(group: ControlGroup, catalogue: readonly Control[]): string {
  const entry = catalogue.find((candidate) => candidate.id === group.control);
  const names = [...(entry?.frameworks ?? []), ...(entry?.aliases ?? [])].join(' · ');
  const about =
    entry === undefined
      ? ''
      : `<div class="about"><p>${prose(entry.why)}</p><p><b>Fix:</b> ${prose(entry.fix)}</p><p class="tags"><code>${escapeHtml(group.control)}</code> · ${escapeHtml(names)}</p></div>`;
  const name = classOf(group);
  const open = group.verdict === 'fail' && group.severity === 'critical' && group.roots.length <= 8 ? ' open' : '';
  const all = counted(group.count, 'finding');
  return `<details class="control" data-class="${name}"${open}><summary><span class="severity ${name}">${group.verdict === 'fail' ? group.severity : group.verdict}</span><h3>${mark(group)} ${escapeHtml(group.title)}</h3><span class="count" data-all="${all}">${all}</span></summary>${about}${group.roots.map(root).join('')}</details>`;
}

/** A sentence of the catalogue: backquotes mark code. */
function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function root({ finding, members }: RootGroup): string {
  const place = placeText(finding.source);
  const container = finding.subject.container === undefined ? '' : ` · container ${finding.subject.container}`;
  const times = members.length > 1 ? ` <span class="dim">×${members.length}</span>` : '';
  const waived =
    finding.waived === undefined
      ? ''
      : `<div class="dim">waived: ${escapeHtml(finding.waived.reason)}${finding.waived.until === undefined ? '' : ` until ${escapeHtml(finding.waived.until)}`} (${escapeHtml(finding.waived.by)})</div>`;
  return `<div class="finding" data-ns="${escapeHtml(finding.subject.namespace)}"><div><b>${escapeHtml(subjectText(finding.subject))}</b>${escapeHtml(container)}${times}<div class="where">${escapeHtml(place)}</div></div><div class="what">${escapeHtml(finding.detail)}${finding.new === true ? ' <b>new</b>' : ''}<div class="where">${escapeHtml(finding.path)}</div>${waived}</div>${more(finding, members)}</div>`;
}

function more(finding: Finding, members: readonly Finding[]): string {
  const parts: string[] = [];
  if (finding.fix?.patch !== undefined)
    parts.push(`<pre>${escapeHtml(JSON.stringify(finding.fix.patch, null, 1)).replaceAll('\\x0a', '\n')}</pre>`);
  if (finding.evidence.length > 0)
    parts.push(list(finding.evidence.map((item) => `${item.note} (${subjectText(item.subject)}${item.path}) ${placeText(item.source)}`)));
  if (members.length > 1) parts.push(list(members.slice(1).map((member) => `${subjectText(member.subject)} ${placeText(member.source)}`)));
  if (parts.length === 0) return '';
  const words = [
    finding.fix?.patch === undefined ? '' : 'patch',
    finding.evidence.length > 0 ? 'evidence' : '',
    members.length > 1 ? `${members.length - 1} more of the same` : '',
  ].filter((word) => word !== '');
  return `<details><summary>${words.join(', ')}</summary>${parts.join('')}</details>`;
}

function list(items: readonly string[]): string {
  return `<ul class="where">${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
}

function podSecurity({ podSecurity: { version, workloads, namespaces } }: ScanResult): string {
  if (workloads.length === 0) return '';
  const order = ['privileged', 'baseline', 'restricted'] as const;
  const byNamespace = Map.groupBy(workloads, ({ subject }) => subject.namespace);
  const rows = namespaces.map(({ namespace, met, enforced, refused }) => {
    const levels = (byNamespace.get(namespace) ?? []).map(({ level }) => level);
    const counts = order.map((level) => `<td class="n">${levels.filter((candidate) => candidate === level).length}</td>`);
    const would = refused.length === 0 ? '' : escapeHtml(refused.map(subjectText).join(', '));
    return `<tr><td>${escapeHtml(namespace)}</td><td>${met ?? '–'}</td><td>${enforced ?? 'not known'}</td>${counts.join('')}<td>${would}</td></tr>`;
  });
  const heads = ['namespace', 'met by all', 'enforced', ...order, 'would be refused'].map((head) => `<th>${head}</th>`);
  return `<h2>Pod Security Standards ${escapeHtml(version)}</h2><p class="dim">The strictest level that every workload of a namespace meets, what its labels enforce, and how many workloads meet which level.</p><div class="scroll"><table><tr>${heads.join('')}</tr>${rows.join('')}</table></div>`;
}

function coverage(result: ScanResult): string {
  const rows = result.coverage.map(
    (part) => `<tr><td>${escapeHtml(part.source)}</td><td>${part.state}</td><td>${escapeHtml(part.detail)}</td></tr>`,
  );
  const problems = result.problems.map((problem) => `<li>${escapeHtml(problemText(problem))}</li>`);
  const trouble = problems.length === 0 ? '' : `<h2>Not read as written</h2><ul class="where">${problems.join('')}</ul>`;
  return `<h2>Coverage</h2><div class="scroll"><table><tr><th>source</th><th>state</th><th></th></tr>${rows.join('')}</table></div>${trouble}`;
}
