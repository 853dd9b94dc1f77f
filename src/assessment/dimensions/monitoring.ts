// Monitoring and health: would anyone notice, soon enough, and know whom to call?
// The checks in the order in which they are told; each file of `monitoring/` holds a family.

import type { Check } from '../check.ts';
import { alerts, alertsRouted, detection } from './monitoring/alerts.ts';
import { health } from './monitoring/health.ts';
import { logs } from './monitoring/logs.ts';
import { metrics, objectMetrics } from './monitoring/metrics.ts';

export const monitoring: readonly Check[] = [...metrics, ...alerts, ...logs, ...health, objectMetrics, alertsRouted, ...detection];
