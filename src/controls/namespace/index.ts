// Controls of namespaces and of what guards them: where workloads live, Pod Security admission, limits and quotas, older and foreign guards.

import type { Control } from '../control.ts';
import { boundaries } from './boundaries.ts';
import { defaultObjects } from './default-objects.ts';
import { defaultWorkloads } from './default-workloads.ts';
import { gatekeeperRepoPrefix } from './gatekeeper-repo-prefix.ts';
import { limitRange } from './limit-range.ts';
import { limitRangeDefaults } from './limit-range-defaults.ts';
import { podSecurityBaseline } from './pod-security-baseline.ts';
import { podSecurityPolicies, podSecurityPolicyLeftover } from './pod-security-policies.ts';
import { podSecurityRestricted } from './pod-security-restricted.ts';
import { policyControl } from './policy-control.ts';
import { resourceQuota } from './resource-quota.ts';
import { sccPrivileged } from './scc-privileged.ts';
import { systemWorkloads } from './system-workloads.ts';
import { webhookFailOpen } from './webhook-fail-open.ts';
import { mutatingWebhooks, validatingWebhooks } from './webhook-listing.ts';

export const namespace: readonly Control[] = [
  podSecurityBaseline,
  podSecurityRestricted,
  policyControl,
  defaultWorkloads,
  defaultObjects,
  systemWorkloads,
  limitRange,
  limitRangeDefaults,
  resourceQuota,
  boundaries,
  podSecurityPolicyLeftover,
  ...podSecurityPolicies,
  sccPrivileged,
  webhookFailOpen,
  validatingWebhooks,
  mutatingWebhooks,
  gatekeeperRepoPrefix,
];
