// Controls of the control plane, as far as objects show it: static pods and their mirrors, hosted control planes, kubeadm's ConfigMaps.

import type { Control } from '../control.ts';
import { apiServer } from './api-server.ts';
import { apiServerAdmission } from './api-server-admission.ts';
import { apiServerAudit } from './api-server-audit.ts';
import { auditPolicyContent } from './audit-policy-content.ts';
import { controllerManager } from './controller-manager.ts';
import { encryptionConfiguration } from './encryption-configuration.ts';
import { etcd } from './etcd.ts';
import { etcdAuthority } from './etcd-authority.ts';
import { fargate } from './fargate.ts';
import { kubeProxyMetrics } from './kube-proxy-metrics.ts';
import { kubelet } from './kubelet.ts';
import { nodeOs } from './node-os.ts';
import { scheduler } from './scheduler.ts';

export const controlPlane: readonly Control[] = [
  ...apiServer,
  ...apiServerAdmission,
  ...apiServerAudit,
  ...controllerManager,
  ...scheduler,
  ...etcd,
  etcdAuthority,
  encryptionConfiguration,
  auditPolicyContent,
  ...kubelet,
  kubeProxyMetrics,
  nodeOs,
  fargate,
];
