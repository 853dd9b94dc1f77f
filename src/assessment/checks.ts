// Every automatic check, by dimension, in the order of reports.

import type { Check } from './check.ts';
import { applications } from './dimensions/applications.ts';
import { architecture } from './dimensions/architecture.ts';
import { ciCd } from './dimensions/ci-cd.ts';
import { disasterRecovery } from './dimensions/disaster-recovery.ts';
import { monitoring } from './dimensions/monitoring.ts';
import { scalability } from './dimensions/scalability.ts';
import { security } from './dimensions/security.ts';
import { storage } from './dimensions/storage.ts';

export const checks: readonly Check[] = [
  ...architecture,
  ...applications,
  ...scalability,
  ...storage,
  ...ciCd,
  ...disasterRecovery,
  ...monitoring,
  ...security,
];

/** Controls that some check rests on: a scan for an assessment runs them, those that are off by default too. */
export const controlsAsked: ReadonlySet<string> = new Set(checks.flatMap(({ controls }) => controls));
