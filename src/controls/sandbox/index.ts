// Controls of sandboxes for AI agents. Where their images may come from is judged with all others, in supply-chain/.

import type { Control } from '../control.ts';
import { cpuCeiling, memoryCeiling } from './ceilings.ts';
import { egress } from './egress.ts';
import { runtimeClass } from './runtime-class.ts';

export const sandbox: readonly Control[] = [runtimeClass, egress, cpuCeiling, memoryCeiling];
