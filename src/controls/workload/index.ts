// Controls of pods and their containers: what a compromise of the program may do to the node and its neighbours.

import type { Control } from '../control.ts';
import { privileged } from './privileged.ts';

export const workload: readonly Control[] = [privileged];
