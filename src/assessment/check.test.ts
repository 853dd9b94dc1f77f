import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding, ScanResult } from '../controls/result.ts';
import { fromControls } from './check.ts';

type Tally = readonly [pass: number, fail: number, unknown?: number];

/** A scan of these tallies and findings, `control subject verdict` each. */
function scanOf(tallies: Readonly<Record<string, Tally>>, findings: readonly string[]): ScanResult {
  return {
    controls: Object.entries(tallies).map(([control, [pass, fail, unknown = 0]]) => ({
      control,
      byVerdict: { pass, fail, unknown, 'not-applicable': 0, waived: 0 },
    })),
    findings: findings.map((text) => {
      const [control = '', name = '', verdict = 'fail'] = text.split(' ');
      return { id: text, control, verdict, detail: text, subject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name } } as Finding;
    }),
  } as unknown as ScanResult;
}

const [a, b, role] = ['workload/privileged', 'workload/host-pid', 'identity/secrets-read'];

describe('a check that controls answer', () => {
  const rows: readonly (readonly [
    title: string,
    tallies: Readonly<Record<string, Tally>>,
    findings: readonly string[],
    counts: readonly [number, number, number, number],
  ])[] = [
    ['counts things, not controls', { [a]: [3, 1], [b]: [3, 1] }, [`${a} x`, `${b} x`], [3, 1, 0, 0]],
    ['fails a thing that any control fails', { [a]: [3, 1], [b]: [3, 1] }, [`${a} x`, `${b} y`], [2, 2, 0, 0]],
    ['adds things of another kind', { [a]: [3, 1], [role]: [1, 1] }, [`${a} x`, `${role} r`], [4, 2, 0, 0]],
    ['leaves out what is waived', { [a]: [3, 1] }, [`${a} x waived`], [3, 0, 0, 1]],
    ['fails what is waived for one control and not for another', { [a]: [3, 1], [b]: [3, 1] }, [`${a} x waived`, `${b} x`], [3, 1, 0, 0]],
    ['keeps apart what is not known', { [a]: [2, 1, 1] }, [`${a} x`, `${a} y unknown`], [2, 1, 1, 0]],
    ['counts copies of one name by the tally', { [a]: [1, 3] }, [`${a} x`], [1, 3, 0, 0]],
    ['has nothing where no control saw anything', { [a]: [0, 0] }, [], [0, 0, 0, 0]],
  ];
  for (const [title, tallies, findings, [pass, fail, unknown, notApplicable]] of rows)
    test(title, () =>
      assert.deepEqual(fromControls(scanOf(tallies, findings), Object.keys(tallies)).counts, { pass, fail, unknown, notApplicable }),
    );
});
