// Pod Security Standards, restricted, "/proc Mount Type": from 1.35, where baseline lets pods in user namespaces unmask /proc, restricted
// keeps the older rule in its place.

import type { PodSecurityCheck } from '../check.ts';
import { procMount_1_0 } from './proc-mount-baseline.ts';

export const procMountRestricted: PodSecurityCheck = {
  id: 'procMount_restricted',
  level: 'restricted',
  versions: [{ since: 35, check: procMount_1_0, replaces: 'procMount' }],
};
