// Who answers for what, by distribution. Six rows are the user's everywhere: images, deployments, configuration, application, segmentation,
// runtime and response. The rest is the provider's on EKS, AKS and GKE in whole or in part; what a provider runs is not scored as yours.
// Shared responsibility as AWS, Azure and Google describe it for their managed Kubernetes, nodes of the user's own pools.

import type { ScanResult } from '../../controls/result.ts';
import type { CheckResult, ResponsibilityRow, ResponsibilityView, Responsible } from '../assessment.ts';
import { isManaged } from '../nodes.ts';
import { type Scored, scoreOf } from '../score.ts';
import { scoredControls } from './measure.ts';

interface Row {
  readonly id: string;
  readonly title: string;
  readonly alwaysYours: boolean;
  /** Who answers where a provider runs the control plane. */
  readonly managed: Responsible;
  readonly note: string;
  readonly control?: RegExp;
  readonly checks?: readonly string[];
}

const rows: readonly Row[] = [
  {
    id: 'images',
    title: 'Images',
    alwaysYours: true,
    managed: 'you',
    note: 'what is inside, where it comes from, whether it is signed',
    control: /^supply-chain\/(?!component-cve|node-runtime)/,
  },
  {
    id: 'deployments',
    title: 'Deployments: Services, storage, privileges',
    alwaysYours: true,
    managed: 'you',
    note: 'how workloads run and what they are open to',
    control: /^(?:workload|exposure|reliability|resources|sandbox)\//,
  },
  {
    id: 'configuration',
    title: 'Configuration: roles, groups, bindings, accounts',
    alwaysYours: true,
    managed: 'you',
    note: 'who may do what',
    control: /^identity\//,
  },
  {
    id: 'application',
    title: 'Application: secrets, labels, annotations',
    alwaysYours: true,
    managed: 'you',
    note: 'credentials and what objects say of themselves',
    control: /^(?:secrets|hygiene)\//,
  },
  {
    id: 'segmentation',
    title: 'Segmentation',
    alwaysYours: true,
    managed: 'you',
    note: 'network policies and namespaces',
    control: /^(?:network|namespace)\//,
  },
  {
    id: 'runtime',
    title: 'Runtime and incident response',
    alwaysYours: true,
    managed: 'you',
    note: 'detection, logs, who answers',
    checks: [
      'security/detection',
      'monitoring/logs-collected',
      'monitoring/alerts-go-somewhere',
      'security/asked-incident-response',
      'monitoring/asked-on-call',
      'monitoring/asked-retention',
      'security/asked-training',
    ],
  },
  {
    id: 'control-plane',
    title: 'API server, scheduler, controllers',
    alwaysYours: false,
    managed: 'provider',
    note: 'flags, upgrades of patches, certificates',
    control: /^control-plane\/(?:api-server|admission|controller-manager|scheduler)/,
  },
  {
    id: 'etcd',
    title: 'etcd and its encryption',
    alwaysYours: false,
    managed: 'shared',
    note: 'the provider runs it; encryption with a key of your own is yours to switch on',
    control: /^control-plane\/(?:etcd|encryption)/,
  },
  {
    id: 'audit',
    title: 'Audit log',
    alwaysYours: false,
    managed: 'shared',
    note: 'the provider writes it; switching it on, keeping and reading it is yours',
    control: /^control-plane\/audit/,
  },
  {
    id: 'nodes',
    title: 'Nodes: system, kubelet, runtime',
    alwaysYours: false,
    managed: 'shared',
    note: 'images come from the provider; rolling them out is yours',
    control: /^(?:control-plane\/kubelet|control-plane\/kube-proxy|supply-chain\/node-runtime)/,
  },
  {
    id: 'add-ons',
    title: 'Add-ons',
    alwaysYours: false,
    managed: 'shared',
    note: 'the provider patches what it installs, you what you do',
    control: /^supply-chain\/component-cve/,
  },
  {
    id: 'versions',
    title: 'Upgrades of Kubernetes',
    alwaysYours: false,
    managed: 'shared',
    note: 'offered by the provider, begun by you',
    checks: ['architecture/kubernetes-supported', 'architecture/kubelet-skew', 'architecture/api-versions'],
  },
  {
    id: 'backup',
    title: 'Backup and recovery',
    alwaysYours: false,
    managed: 'you',
    note: 'no provider backs up what is in your volumes unless you ask',
    checks: [
      'storage/backup-covers-claims',
      'storage/backup-recent',
      'disaster-recovery/restore-tested',
      'storage/asked-restore-test',
      'storage/asked-off-site',
    ],
  },
];

/** The rows with who answers for each and how it stands. */
export function responsibilityOf(distribution: string, scan: ScanResult, results: readonly CheckResult[]): ResponsibilityView {
  const byId = new Map(results.map((result) => [result.id, result]));
  return {
    distribution,
    rows: rows.map(({ id, title, alwaysYours, managed, note, control, checks = [] }): ResponsibilityRow => {
      const scored: readonly Scored[] = [
        ...(control === undefined ? [] : scoredControls(scan, (one) => control.test(one))),
        ...checks.flatMap((check) => byId.get(check) ?? []),
      ];
      return {
        ...scoreOf(scored),
        id,
        title,
        alwaysYours,
        responsible: responsible(distribution, alwaysYours, managed),
        note,
        controls: scored.length,
      };
    }),
  };
}

function responsible(distribution: string, alwaysYours: boolean, managed: Responsible): Responsible {
  if (alwaysYours || isManaged(distribution)) return managed;
  return distribution === 'unknown' ? (managed === 'you' ? 'you' : 'unknown') : 'you';
}
