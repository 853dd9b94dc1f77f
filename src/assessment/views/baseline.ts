// How each function stands that a cluster gives to what runs on it: scheduling and recovery, the state of configuration, the remote API,
// authentication and authorization, policy, the network between pods, storage, and what ties the cluster to its infrastructure.

import type { ScanResult } from '../../controls/result.ts';
import type { BaselineFunction, CheckResult } from '../assessment.ts';
import { scoreOf } from '../score.ts';
import { scoredControls } from './measure.ts';

interface Part {
  readonly id: string;
  readonly title: string;
  readonly control: RegExp;
  readonly checks: RegExp;
}

const nothing = /^(?!)/;

const parts: readonly Part[] = [
  {
    id: 'scheduling',
    title: 'Scheduling and recovery',
    control: /^(?:reliability|resources)\//,
    checks: /^(?:disaster-recovery\/lose-a|scalability\/(?:node-autoscaling|priorities))/,
  },
  {
    id: 'configuration',
    title: 'State of configuration',
    control: /^(?:hygiene\/|control-plane\/(?:etcd|encryption))/,
    checks: /^ci-cd\/(?:delivered-from-git|in-sync|manual-edits)/,
  },
  {
    id: 'remote-api',
    title: 'Remote API',
    control: /^control-plane\/(?:api-server-(?!authorization)|audit)/,
    checks: /^architecture\/(?:aggregated-apis|api-versions|control-plane-nodes)/,
  },
  {
    id: 'access',
    title: 'Authentication and authorization',
    control: /^(?:identity\/|control-plane\/api-server-authorization)/,
    checks: nothing,
  },
  {
    id: 'policy',
    title: 'Policy',
    control: /^(?:namespace\/|control-plane\/admission)/,
    checks: /^(?:ci-cd\/admission-gate|architecture\/webhooks)/,
  },
  { id: 'network', title: 'Network between pods', control: /^(?:network|exposure)\//, checks: nothing },
  { id: 'storage', title: 'Storage', control: /^secrets\/volume-encryption/, checks: /^storage\/(?!asked)/ },
  {
    id: 'infrastructure',
    title: 'Infrastructure',
    control: /^(?:control-plane\/kubelet|supply-chain\/node-runtime|workload\/cloud-credentials|network\/metadata-api)/,
    checks: /^(?:architecture\/(?:zones|node-)|scalability\/node-|monitoring\/nodes-healthy)/,
  },
];

/** The functions with their posture. */
export function baselineOf(scan: ScanResult, results: readonly CheckResult[]): readonly BaselineFunction[] {
  return parts.map(({ id, title, control, checks }) => ({
    ...scoreOf([...scoredControls(scan, (one) => control.test(one)), ...results.filter((one) => checks.test(one.id))]),
    id,
    title,
  }));
}
