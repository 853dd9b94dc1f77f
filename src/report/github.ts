// Annotations on the changed lines of a pull request: workflow commands of GitHub Actions, one a finding.

import type { Severity } from '../controls/control.ts';
import { printable } from '../lib/text.ts';
import type { Format } from './report.ts';
import { subjectText, summaryText } from './words.ts';

const levels: Readonly<Record<Severity, string>> = { critical: 'error', high: 'error', medium: 'warning', low: 'notice' };

export const github: Format = {
  name: 'github',
  description: 'annotations for GitHub Actions',
  render: (result) => {
    const lines = result.findings
      .filter((finding) => finding.verdict === 'fail')
      .map((finding) => {
        const { source } = finding;
        const place =
          source === undefined
            ? ''
            : ` file=${property(source.file)},line=${source.line},col=${source.column}${source.endLine === undefined ? '' : `,endLine=${source.endLine}`},`;
        const title = `title=${property(`${finding.severity}: ${finding.control}`)}`;
        return `::${levels[finding.severity]}${place === '' ? ' ' : place}${title}::${message(`${subjectText(finding.subject)}: ${finding.detail}. ${finding.fix?.description ?? ''}`)}`;
      });
    return [...lines, `::notice title=cofferdam::${message(summaryText(result))}`, ''].join('\n');
  },
};

/** The runner obeys the old `##[command]` anywhere in a line, the new `::command` at its beginning only. */
function message(text: string): string {
  return printable(text).replaceAll('%', '%25').replaceAll('##[', '## [');
}

function property(text: string): string {
  return message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
