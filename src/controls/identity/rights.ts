// Every control of a single dangerous right, in the order of reports: those that yield other rights first.

import type { Control } from '../control.ts';
import { admissionPoliciesWrite } from './admission-policies-write.ts';
import { admissionWebhooksWrite } from './admission-webhooks-write.ts';
import { apiServicesWrite } from './api-services-write.ts';
import { awsAuthWrite } from './aws-auth-write.ts';
import { bindRoles } from './bind-roles.ts';
import { certificatesApprove } from './certificates-approve.ts';
import { certificatesSign } from './certificates-sign.ts';
import { classesWrite } from './classes-write.ts';
import { clusterSettingsWrite } from './cluster-settings-write.ts';
import { configmapsWrite } from './configmaps-write.ts';
import { corednsWrite } from './coredns-write.ts';
import { customResourceDefinitionsWrite } from './custom-resource-definitions-write.ts';
import { deleteRights } from './delete-rights.ts';
import { deployersWrite } from './deployers-write.ts';
import { escalateRoles } from './escalate-roles.ts';
import { eventsDelete } from './events-delete.ts';
import { impersonate } from './impersonate.ts';
import { ingressesWrite } from './ingresses-write.ts';
import { logsDelete } from './logs-delete.ts';
import { logsRead } from './logs-read.ts';
import { namespacesWrite } from './namespaces-write.ts';
import { networkPoliciesWrite } from './network-policies-write.ts';
import { nodeFilesRead } from './node-files-read.ts';
import { nodesProxy } from './nodes-proxy.ts';
import { nodesWrite } from './nodes-write.ts';
import { persistentVolumesCreate } from './persistent-volumes-create.ts';
import { podsAttach } from './pods-attach.ts';
import { podsBind } from './pods-bind.ts';
import { podsCreate } from './pods-create.ts';
import { podsEphemeralContainers } from './pods-ephemeral-containers.ts';
import { podsExec } from './pods-exec.ts';
import { podsPortForward } from './pods-port-forward.ts';
import { podsProxy } from './pods-proxy.ts';
import { rbacManage } from './rbac-manage.ts';
import { secretsRead } from './secrets-read.ts';
import { secretsWrite } from './secrets-write.ts';
import { serviceAccountsWrite } from './service-accounts-write.ts';
import { servicesWrite } from './services-write.ts';
import { statusWrite } from './status-write.ts';
import { tokensCreate } from './tokens-create.ts';
import { trustBundlesWrite } from './trust-bundles-write.ts';
import { volumesCopy } from './volumes-copy.ts';
import { workloadsManage } from './workloads-manage.ts';

export const rights: readonly Control[] = [
  secretsRead,
  secretsWrite,
  podsCreate,
  podsBind,
  workloadsManage,
  deployersWrite,
  podsExec,
  podsAttach,
  podsEphemeralContainers,
  podsPortForward,
  podsProxy,
  logsRead,
  logsDelete,
  impersonate,
  bindRoles,
  escalateRoles,
  rbacManage,
  nodesProxy,
  nodeFilesRead,
  persistentVolumesCreate,
  certificatesApprove,
  certificatesSign,
  trustBundlesWrite,
  tokensCreate,
  serviceAccountsWrite,
  admissionWebhooksWrite,
  admissionPoliciesWrite,
  apiServicesWrite,
  customResourceDefinitionsWrite,
  statusWrite,
  nodesWrite,
  classesWrite,
  namespacesWrite,
  deleteRights,
  eventsDelete,
  configmapsWrite,
  corednsWrite,
  awsAuthWrite,
  clusterSettingsWrite,
  networkPoliciesWrite,
  ingressesWrite,
  servicesWrite,
  volumesCopy,
];
