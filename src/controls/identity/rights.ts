// Every control of a single dangerous right, in the order of reports: those that yield other rights first.

import type { Control } from '../control.ts';
import { admissionPoliciesWrite } from './admission-policies-write.ts';
import { admissionWebhooksWrite } from './admission-webhooks-write.ts';
import { apiServicesWrite } from './api-services-write.ts';
import { awsAuthWrite } from './aws-auth-write.ts';
import { bindRoles } from './bind-roles.ts';
import { certificatesApprove } from './certificates-approve.ts';
import { certificatesSign } from './certificates-sign.ts';
import { configmapsWrite } from './configmaps-write.ts';
import { corednsWrite } from './coredns-write.ts';
import { deleteRights } from './delete-rights.ts';
import { escalateRoles } from './escalate-roles.ts';
import { eventsDelete } from './events-delete.ts';
import { impersonate } from './impersonate.ts';
import { ingressesWrite } from './ingresses-write.ts';
import { logsDelete } from './logs-delete.ts';
import { logsRead } from './logs-read.ts';
import { namespacesWrite } from './namespaces-write.ts';
import { networkPoliciesWrite } from './network-policies-write.ts';
import { nodesProxy } from './nodes-proxy.ts';
import { nodesWrite } from './nodes-write.ts';
import { persistentVolumesCreate } from './persistent-volumes-create.ts';
import { podsAttach } from './pods-attach.ts';
import { podsCreate } from './pods-create.ts';
import { podsEphemeralContainers } from './pods-ephemeral-containers.ts';
import { podsExec } from './pods-exec.ts';
import { podsPortForward } from './pods-port-forward.ts';
import { podsProxy } from './pods-proxy.ts';
import { rbacManage } from './rbac-manage.ts';
import { secretsRead } from './secrets-read.ts';
import { secretsWrite } from './secrets-write.ts';
import { servicesWrite } from './services-write.ts';
import { statusWrite } from './status-write.ts';
import { tokensCreate } from './tokens-create.ts';
import { workloadsManage } from './workloads-manage.ts';

export const rights: readonly Control[] = [
  secretsRead,
  secretsWrite,
  podsCreate,
  workloadsManage,
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
  persistentVolumesCreate,
  certificatesApprove,
  certificatesSign,
  tokensCreate,
  admissionWebhooksWrite,
  admissionPoliciesWrite,
  apiServicesWrite,
  statusWrite,
  nodesWrite,
  namespacesWrite,
  deleteRights,
  eventsDelete,
  configmapsWrite,
  corednsWrite,
  awsAuthWrite,
  networkPoliciesWrite,
  ingressesWrite,
  servicesWrite,
];
