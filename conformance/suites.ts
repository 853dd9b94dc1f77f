// Every suite, by the name of its data folder.

import type { Suite } from './suite.ts';
import { pss } from './suites/pss.ts';
import { regolibrary } from './suites/regolibrary.ts';

export const suites: readonly Suite[] = [pss, regolibrary];
