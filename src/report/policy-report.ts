// PolicyReport and ClusterPolicyReport (wgpolicyk8s.io/v1alpha2), a report a namespace, so that dashboards that know them show ours.

import { dump } from 'js-yaml';
import type { Finding, ScanResult } from '../controls/result.ts';
import { hash } from '../lib/hash.ts';
import type { Format } from './report.ts';

/** Results one report may hold: etcd refuses objects over 1.5 MiB. */
const resultsPerReport = 1000;

export const policyreport: Format = {
  name: 'policyreport',
  description: 'PolicyReport objects (wgpolicyk8s.io/v1alpha2)',
  render: (result) =>
    reports(result)
      .map((report) => `---\n${dump(JSON.parse(JSON.stringify(report)), { lineWidth: -1, noRefs: true })}`)
      .join(''),
};

function reports(result: ScanResult): readonly object[] {
  const byNamespace = Map.groupBy(result.findings, (finding) => finding.subject.namespace);
  return [...byNamespace.keys()].sort().flatMap((namespace) => {
    const findings = byNamespace.get(namespace) ?? [];
    const parts: object[] = [];
    for (let start = 0; start < findings.length; start += resultsPerReport)
      parts.push(report(namespace, findings.slice(start, start + resultsPerReport), start / resultsPerReport));
    return parts;
  });
}

function report(namespace: string, findings: readonly Finding[], part: number): object {
  const count = (name: string) => findings.filter((finding) => outcome(finding) === name).length;
  return {
    apiVersion: 'wgpolicyk8s.io/v1alpha2',
    kind: namespace === '' ? 'ClusterPolicyReport' : 'PolicyReport',
    metadata: {
      name: `cofferdam${part === 0 ? '' : `-${part}`}`,
      ...(namespace === '' ? {} : { namespace }),
      labels: { 'app.kubernetes.io/managed-by': 'cofferdam' },
    },
    summary: { pass: 0, fail: count('fail'), warn: count('warn'), error: 0, skip: count('skip') },
    results: findings.map((finding) => ({
      source: 'cofferdam',
      policy: finding.control,
      rule: finding.reason,
      category: finding.control.slice(0, finding.control.indexOf('/')),
      severity: finding.severity,
      result: outcome(finding),
      scored: true,
      message: finding.detail,
      ...(finding.subject.name === ''
        ? {}
        : {
            resources: [
              {
                apiVersion: finding.subject.apiVersion,
                kind: finding.subject.kind,
                name: finding.subject.name,
                ...(namespace === '' ? {} : { namespace }),
              },
            ],
          }),
      properties: { id: finding.id, path: finding.path, fingerprint: hash(finding.root) },
    })),
  };
}

function outcome(finding: Finding): 'fail' | 'warn' | 'skip' {
  return finding.verdict === 'fail' ? 'fail' : finding.verdict === 'unknown' ? 'warn' : 'skip';
}
