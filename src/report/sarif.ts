// SARIF 2.1.0 (OASIS), as GitHub code scanning wants it: a rule a control with help and security-severity, a region a finding,
// fingerprints that survive moved lines, suppressions for waivers, problems as notifications.

import type { Control, Severity } from '../controls/control.ts';
import type { Finding } from '../controls/result.ts';
import type { Problem, SourcePosition } from '../lib/problem.ts';
import { printable } from '../lib/text.ts';
import type { Format } from './report.ts';
import { subjectText } from './words.ts';

const levels: Readonly<Record<Severity, string>> = { critical: 'error', high: 'error', medium: 'warning', low: 'note' };
const scores: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' };

export const sarif: Format = {
  name: 'sarif',
  description: 'SARIF 2.1.0 for code scanning',
  render: (result, catalogue, view) => {
    const used = new Set(result.findings.map((finding) => finding.control));
    const rules = catalogue.filter((control) => used.has(control.id));
    const index = new Map(rules.map((control, position) => [control.id, position]));
    const log = {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'Cofferdam',
              version: view.version,
              semanticVersion: view.version,
              informationUri: 'https://cofferdam.dev',
              rules: rules.map(rule),
            },
          },
          columnKind: 'utf16CodeUnits',
          results: result.findings.map((finding) => resultOf(finding, index.get(finding.control) ?? -1)),
          invocations: [{ executionSuccessful: true, toolExecutionNotifications: result.problems.map(notification) }],
          properties: { summary: result.summary, coverage: result.coverage, kubernetesVersion: result.kubernetesVersion },
        },
      ],
    };
    return `${JSON.stringify(log, null, 2)}\n`;
  },
};

function rule(control: Control): object {
  return {
    id: control.id,
    name: control.id
      .split(/[/-]/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(''),
    shortDescription: { text: control.title },
    fullDescription: { text: control.why },
    help: { text: `${control.why}\n\n${control.fix}`, markdown: `${control.why}\n\n**Fix:** ${control.fix}` },
    defaultConfiguration: { level: levels[control.severity] },
    properties: {
      'security-severity': scores[control.severity],
      tags: ['security', 'kubernetes', control.domain, ...control.frameworks],
      aliases: control.aliases,
    },
  };
}

function resultOf(finding: Finding, ruleIndex: number): object {
  return {
    ruleId: finding.control,
    ...(ruleIndex < 0 ? {} : { ruleIndex }),
    kind: finding.verdict === 'unknown' ? 'review' : 'fail',
    level: finding.verdict === 'unknown' ? 'none' : levels[finding.severity],
    message: { text: plain(`${subjectText(finding.subject)}: ${finding.detail}. ${finding.fix?.description ?? ''}`.trim()) },
    locations: [
      {
        ...(finding.source === undefined ? {} : { physicalLocation: location(finding.source) }),
        logicalLocations: [
          { name: finding.subject.name, fullyQualifiedName: `${subjectText(finding.subject)}${finding.path}`, kind: 'object' },
        ],
      },
    ],
    ...(finding.evidence.some((item) => item.source !== undefined)
      ? {
          relatedLocations: finding.evidence.flatMap((item, id) =>
            item.source === undefined ? [] : [{ id, message: { text: plain(item.note) }, physicalLocation: location(item.source) }],
          ),
        }
      : {}),
    partialFingerprints: { 'cofferdamFinding/v1': finding.id, primaryLocationLineHash: `${finding.id.slice(0, 16)}:1` },
    ...(finding.new === undefined ? {} : { baselineState: finding.new ? 'new' : 'unchanged' }),
    ...(finding.waived === undefined
      ? {}
      : { suppressions: [{ kind: 'inSource', status: 'accepted', justification: finding.waived.reason }] }),
    properties: {
      severity: finding.severity,
      verdict: finding.verdict,
      pointer: finding.path,
      'security-severity': scores[finding.severity],
    },
  };
}

function location(source: SourcePosition): object {
  return {
    artifactLocation: { uri: uri(source.file), ...(/^[/]|^[A-Za-z]:/.test(source.file) ? {} : { uriBaseId: '%SRCROOT%' }) },
    region: {
      startLine: source.line,
      startColumn: source.column,
      ...(source.endLine === undefined ? {} : { endLine: source.endLine }),
      ...(source.endColumn === undefined ? {} : { endColumn: source.endColumn }),
    },
  };
}

function notification(problem: Problem): object {
  return {
    descriptor: { id: problem.code },
    level: problem.level === 'note' ? 'note' : problem.level === 'warning' ? 'warning' : 'error',
    message: { text: plain(problem.message) },
    ...(problem.source === undefined ? {} : { locations: [{ physicalLocation: location(problem.source) }] }),
  };
}

/** Text that a viewer shows as it is: `[words](address)` would be a link (SARIF 2.1.0, 3.11.6), control characters would steer. */
function plain(text: string): string {
  return printable(text).replaceAll('](', '\\](');
}

function uri(file: string): string {
  const path = file === '-' ? 'stdin' : file.replace(/^\.\//, '');
  const encoded = path
    .split('/')
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/');
  return path.startsWith('/') ? `file://${encoded}` : encoded;
}
