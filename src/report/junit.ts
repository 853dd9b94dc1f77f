// For CI systems: a suite a control, a case a judged object; a control without failures is one passing case. JUnit XML as Jenkins and
// GitLab read it. Waived findings are skipped cases, open questions too.

import type { Finding } from '../controls/result.ts';
import type { Format } from './report.ts';
import { placeText, subjectText } from './words.ts';

export const junit: Format = {
  name: 'junit',
  description: 'JUnit XML for CI systems',
  render: (result, catalogue) => {
    const byControl = Map.groupBy(result.findings, (finding) => finding.control);
    const suites = result.controls.map((tally) => {
      const findings = byControl.get(tally.control) ?? [];
      const title = catalogue.find((control) => control.id === tally.control)?.title ?? tally.control;
      const cases =
        findings.length > 0
          ? findings.map(testCase)
          : [`    <testcase classname="${escapeXml(tally.control)}" name="${escapeXml(title)}"/>`];
      const failures = findings.filter((finding) => finding.verdict === 'fail').length;
      const skipped = findings.length - failures;
      return [
        `  <testsuite name="${escapeXml(tally.control)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}">`,
        ...cases,
        '  </testsuite>',
      ].join('\n');
    });
    const failures = result.findings.filter((finding) => finding.verdict === 'fail').length;
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites name="cofferdam" failures="${failures}">`,
      ...suites,
      '</testsuites>',
      '',
    ].join('\n');
  },
};

function testCase(finding: Finding): string {
  const name = `${subjectText(finding.subject)}${finding.subject.container === undefined ? '' : ` container ${finding.subject.container}`} ${finding.path}`;
  const file = finding.source === undefined ? '' : ` file="${escapeXml(finding.source.file)}" line="${finding.source.line}"`;
  const inner =
    finding.verdict === 'fail'
      ? `<failure type="${finding.severity}" message="${escapeXml(finding.detail)}">${escapeXml(`${placeText(finding.source)}\n${finding.fix?.description ?? ''}`)}</failure>`
      : `<skipped message="${escapeXml(finding.waived?.reason ?? finding.detail)}"/>`;
  return `    <testcase classname="${escapeXml(finding.control)}" name="${escapeXml(name)}"${file}>${inner}</testcase>`;
}

/** XML 1.0 text: control characters have no place in it, even escaped. */
function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
