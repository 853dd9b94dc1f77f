// Every suite, by the name of its data folder.

import type { Suite } from './suite.ts';
import { kalm } from './suites/kalm.ts';
import { networkPolicyApi } from './suites/network-policy-api.ts';
import { pss } from './suites/pss.ts';
import { regolibrary } from './suites/regolibrary.ts';

export const suites: readonly Suite[] = [kalm, networkPolicyApi, pss, regolibrary];
