// Every command, in the order of the help. Declarations only: a command's work is loaded when it runs.

import { admit } from './admit/command.ts';
import { assess } from './assess/command.ts';
import { breakGlassIssue, breakGlassKey } from './break-glass/command.ts';
import { celEval, celNames } from './cel/command.ts';
import type { Command } from './command.ts';
import { completion } from './completion/command.ts';
import { configView } from './config/command.ts';
import { controls } from './controls/command.ts';
import { diff } from './diff/command.ts';
import { explain } from './explain/command.ts';
import { fix } from './fix/command.ts';
import { fixes } from './fixes/command.ts';
import { can, identities, permissions, rbacMinimize, rbacReview, whoCan } from './identity/command.ts';
import { networkCommands } from './network/command.ts';
import { paths } from './paths/command.ts';
import { plan } from './plan/command.ts';
import { policyCommands } from './policy/command.ts';
import { request } from './request/command.ts';
import { scan } from './scan/command.ts';
import { simulate } from './simulate/command.ts';
import { snapshotSave, snapshotShow } from './snapshot/command.ts';
import { whatIf } from './what-if/command.ts';
import { whoami } from './whoami/command.ts';

export const commands: readonly Command[] = [
  scan,
  fix,
  diff,
  controls,
  explain,
  whoCan,
  can,
  permissions,
  rbacMinimize,
  rbacReview,
  whoami,
  identities,
  ...networkCommands,
  paths,
  fixes,
  whatIf,
  assess,
  plan,
  ...policyCommands,
  celEval,
  celNames,
  admit,
  breakGlassKey,
  breakGlassIssue,
  request,
  simulate,
  snapshotSave,
  snapshotShow,
  configView,
  completion,
];

/** What the commands of a group are about. */
export const groupSummaries: Readonly<Record<string, string>> = {
  rbac: 'least roles from recorded use; every grant with its use, for a review',
  network: 'who may reach whom and why; what is exposed, what flowed, what policies would change',
  policy: 'admission policies: evaluate, test, measure, replay over history, make from controls',
  cel: 'expressions as the API server evaluates them',
  'break-glass': 'keys and tokens that open the admission webhook in an emergency',
  snapshot: 'a cluster as one file, without Secret values',
  config: 'settings and where each came from',
};
