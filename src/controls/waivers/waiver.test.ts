// Ends of waivers: a day is a day, and what was meant as an end and is none waives nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trivyIgnoreYaml } from './trivy-ignore.ts';
import { reasonUntil } from './waiver.ts';

for (const [text, until, invalid] of [
  ['needs the disk until 2027-01-31', '2027-01-31', undefined],
  ['needs the disk', undefined, undefined],
  ['until the migration is done', undefined, undefined],
  ['r until 31.1.2027', undefined, '31.1.2027'],
  ['r until 2025/01/31', undefined, '2025/01/31'],
  ['r until: 2025-01-31', undefined, '2025-01-31'],
  ['r until Jan 31 2025', undefined, 'Jan 31 2025'],
  ['r until 2025-01-31 (T-5)', undefined, '2025-01-31 (T-5)'],
  ['r expires 2025-01-31', undefined, '2025-01-31'],
  ['r until 2027-02-31', undefined, '2027-02-31'],
] as const)
  test(`"${text}" ends ${until ?? (invalid === undefined ? 'never' : 'on no day')}`, () => {
    const read = reasonUntil(text);
    assert.equal(read.expiry?.until, until);
    assert.equal(read.invalid, invalid);
  });

test('a misspelt key of .trivyignore.yaml waives nothing and is told', () => {
  const { waivers, problems } = trivyIgnoreYaml('misconfigurations:\n- id: AVD-KSV-0017\n  path: ["other/*"]\n', '.trivyignore.yaml');
  assert.equal(waivers.length, 0);
  assert.match(problems[0]?.message ?? '', /there is no "path" here/);
});
