// Controls of what containers may use: CPU, memory, disk.

import type { Control } from '../control.ts';
import { cpuLimits } from './cpu-limits.ts';
import { cpuRange } from './cpu-range.ts';
import { cpuRequests } from './cpu-requests.ts';
import { ephemeralStorage } from './ephemeral-storage.ts';
import { memoryLimits } from './memory-limits.ts';
import { memoryRange } from './memory-range.ts';
import { memoryRequests } from './memory-requests.ts';
import { requestsEqualLimits } from './requests-equal-limits.ts';

export const resources: readonly Control[] = [
  memoryLimits,
  memoryRequests,
  cpuRequests,
  cpuLimits,
  ephemeralStorage,
  memoryRange,
  cpuRange,
  requestsEqualLimits,
];
