// Controls of network policies: which workloads are separated, and which policies do less than they seem to.

import type { Control } from '../control.ts';
import { allowAll } from './allow-all.ts';
import { broadSelector } from './broad-selector.ts';
import { danglingPeer } from './dangling-peer.ts';
import { danglingPolicy } from './dangling-policy.ts';
import { defaultDeny } from './default-deny.ts';
import { ignoredRules } from './ignored-rules.ts';
import { kubeletEgress } from './kubelet-egress.ts';
import { metadataApi } from './metadata-api.ts';
import { namespaceWithoutPolicy } from './namespace-without-policy.ts';
import { oneDirection } from './one-direction.ts';
import { policyMissing } from './policy-missing.ts';
import { shadowedRule } from './shadowed-rule.ts';
import { unselectingPolicy } from './unselecting-policy.ts';

export const network: readonly Control[] = [
  policyMissing,
  namespaceWithoutPolicy,
  defaultDeny,
  oneDirection,
  allowAll,
  metadataApi,
  kubeletEgress,
  danglingPolicy,
  danglingPeer,
  ignoredRules,
  broadSelector,
  shadowedRule,
  unselectingPolicy,
];
