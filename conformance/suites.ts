// Every suite, by the name of its data folder.

import type { Suite } from './suite.ts';

export const suites: readonly Suite[] = [];
