import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyOf } from './labels.ts';

const p = 'pod-security.kubernetes.io/';

interface Row {
  readonly title: string;
  readonly labels: Readonly<Record<string, string>>;
  /** enforce, audit, warn. */
  readonly modes: readonly [string, string, string];
  readonly problems?: readonly string[];
}

const rows: readonly Row[] = [
  { title: 'no label at all', labels: {}, modes: ['privileged:latest', 'privileged:latest', 'privileged:latest'] },
  {
    title: 'warn follows enforce and its version',
    labels: { [`${p}enforce`]: 'baseline', [`${p}enforce-version`]: 'v1.30' },
    modes: ['baseline:v1.30', 'privileged:latest', 'baseline:v1.30'],
  },
  {
    title: 'warn follows enforce but keeps its own version',
    labels: { [`${p}enforce`]: 'restricted', [`${p}warn-version`]: 'v1.20' },
    modes: ['restricted:latest', 'privileged:latest', 'restricted:v1.20'],
  },
  {
    title: 'warn keeps what the namespace says',
    labels: { [`${p}enforce`]: 'restricted', [`${p}warn`]: 'baseline', [`${p}audit`]: 'restricted', [`${p}audit-version`]: 'latest' },
    modes: ['restricted:latest', 'restricted:latest', 'baseline:latest'],
  },
  {
    title: 'an invalid level enforces restricted and does not warn',
    labels: { [`${p}enforce`]: 'Restricted', [`${p}audit`]: '' },
    modes: ['restricted:latest', 'privileged:latest', 'privileged:latest'],
    problems: [
      'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "Restricted": must be one of privileged, baseline, restricted',
      'metadata.labels[pod-security.kubernetes.io/audit]: Invalid value: "": must be one of privileged, baseline, restricted',
    ],
  },
  {
    title: 'an invalid version is latest',
    labels: { [`${p}enforce`]: 'baseline', [`${p}enforce-version`]: '1.30', [`${p}warn-version`]: 'v1.05' },
    modes: ['baseline:latest', 'privileged:latest', 'baseline:latest'],
    problems: [
      'metadata.labels[pod-security.kubernetes.io/enforce-version]: Invalid value: "1.30": must be "latest" or "v1.x"',
      'metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "v1.05": must be "latest" or "v1.x"',
    ],
  },
];

for (const row of rows)
  test(row.title, () => {
    const { policy, problems } = policyOf(row.labels);
    assert.deepEqual(
      [policy.enforce, policy.audit, policy.warn].map(({ level, version }) => `${level}:${version}`),
      row.modes,
    );
    assert.deepEqual(
      problems.map(({ message }) => message),
      row.problems ?? [],
    );
  });
