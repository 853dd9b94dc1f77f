// Which layers of defence each workload has: a row a workload, a column a measure. A cell fails where a control of the measure finds
// something on the workload; a waived finding counts neither way.

import { subjectOf } from '../../controls/findings.ts';
import type { Finding, ScanResult, Subject } from '../../controls/result.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { CheckVerdict, DefenceMatrix, DefenceRow } from '../assessment.ts';
import { running } from '../words.ts';

const measures: DefenceMatrix['measures'] = [
  {
    id: 'sandbox',
    title: 'cannot leave its container',
    controls: [
      'workload/privileged',
      'workload/sys-admin-capability',
      'workload/runtime-socket',
      'workload/host-pid',
      'workload/host-path-sensitive',
      'workload/host-path-writable',
      'workload/insecure-capabilities',
    ],
  },
  { id: 'user', title: 'runs as no root', controls: ['workload/run-as-non-root', 'workload/run-as-root-uid'] },
  {
    id: 'kernel',
    title: 'few capabilities, a seccomp profile',
    controls: [
      'workload/drop-all-capabilities',
      'workload/seccomp-profile',
      'workload/seccomp-unconfined',
      'workload/privilege-escalation',
    ],
  },
  { id: 'disk', title: 'read-only root file system', controls: ['workload/read-only-root-filesystem'] },
  { id: 'network', title: 'selected by a network policy', controls: ['network/policy-missing'] },
  {
    id: 'identity',
    title: 'holds no token that leads further',
    controls: ['identity/token-automounted', 'identity/workload-admin', 'identity/workload-takeover'],
  },
  { id: 'image', title: 'image that does not move', controls: ['supply-chain/image-tag', 'supply-chain/pull-moving-tag'] },
  { id: 'secrets', title: 'no credential written into it', controls: ['secrets/environment', 'secrets/arguments'] },
  { id: 'limits', title: 'memory limit', controls: ['resources/memory-limits'] },
  { id: 'health', title: 'probes', controls: ['reliability/liveness-probe', 'reliability/readiness-probe'] },
];

/** The matrix of a scan: workloads with the fewest layers first. */
export function defenceOf(snapshot: Snapshot, scan: ScanResult): DefenceMatrix {
  const bySubject = Map.groupBy(scan.findings, ({ subject }) => key(subject));
  const ran = new Set(scan.controls.map(({ control }) => control));
  const rows = running(snapshot).map((resource): DefenceRow => {
    const subject = subjectOf(resource, undefined);
    const findings = bySubject.get(key(subject)) ?? [];
    const cells = Object.fromEntries(measures.map(({ id, controls }) => [id, cellOf(controls, findings, ran)]));
    const verdicts = Object.values(cells);
    return {
      subject,
      cells,
      passed: verdicts.filter((one) => one === 'pass').length,
      judged: verdicts.filter((one) => one !== 'not-applicable').length,
    };
  });
  const totals = Object.fromEntries(
    measures.map(({ id }) => {
      const column = rows.flatMap(({ cells }) => cells[id] ?? []);
      return [
        id,
        { passed: column.filter((one) => one === 'pass').length, judged: column.filter((one) => one !== 'not-applicable').length },
      ];
    }),
  );
  return { measures, rows: rows.sort((a, b) => a.passed - b.passed), totals };
}

function cellOf(controls: readonly string[], findings: readonly Finding[], ran: ReadonlySet<string>): CheckVerdict {
  if (!controls.some((id) => ran.has(id))) return 'unknown';
  const own = findings.filter(({ control }) => controls.includes(control)).map(({ verdict }) => verdict);
  return own.includes('fail') ? 'fail' : own.includes('unknown') ? 'unknown' : own.includes('waived') ? 'not-applicable' : 'pass';
}

function key({ kind, namespace, name }: Subject): string {
  return `${kind}/${namespace}/${name}`;
}
