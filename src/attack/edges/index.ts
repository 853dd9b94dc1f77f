// Every edge of the catalogue, in its order: the API first, then containers, nodes, networks and clouds. Edges over roles and bindings come
// before those that ask who holds a right, and edges that leave a node after those that get there.

import type { Edge } from '../edge.ts';
import { aggregateInjection } from './aggregate-injection.ts';
import { apiserviceHijack } from './apiservice-hijack.ts';
import { associatedNode } from './associated-node.ts';
import { authnBind } from './authn-bind.ts';
import { awsAuth } from './aws-auth.ts';
import { bindRole } from './bind-role.ts';
import { bootstrapToken } from './bootstrap-token.ts';
import { bpfRawio } from './bpf-rawio.ts';
import { cloudToK8s } from './cloud-to-k8s.ts';
import { constrainedImp } from './constrained-imp.ts';
import { corePattern } from './core-pattern.ts';
import { corednsCm } from './coredns-cm.ts';
import { cpNode } from './cp-node.ts';
import { crdConversion } from './crd-conversion.ts';
import { csrApprove } from './csr-approve.ts';
import { csrSign } from './csr-sign.ts';
import { dacRead } from './dac-read.ts';
import { defaultSa } from './default-sa.ts';
import { deleteAll } from './delete-all.ts';
import { disableGuard } from './disable-guard.ts';
import { draAdmin } from './dra-admin.ts';
import { endpointExploit } from './endpoint-exploit.ts';
import { ephemeralCtr } from './ephemeral-ctr.ts';
import { escalateRole } from './escalate-role.ts';
import { etcdDirect } from './etcd-direct.ts';
import { eventsDelete } from './events-delete.ts';
import { extensionAuthCm } from './extension-auth-cm.ts';
import { externalIp } from './external-ip.ts';
import { gatewayWrite } from './gateway-write.ts';
import { hostpathRead } from './hostpath-read.ts';
import { hostpathWrite } from './hostpath-write.ts';
import { hostpidNsenter } from './hostpid-nsenter.ts';
import { imds } from './imds.ts';
import { impersonateExtra } from './impersonate-extra.ts';
import { impersonateGroup } from './impersonate-group.ts';
import { impersonateSa } from './impersonate-sa.ts';
import { impersonateUser } from './impersonate-user.ts';
import { ingressWrite } from './ingress-write.ts';
import { kubeadmCm } from './kubeadm-cm.ts';
import { kubeletOpen } from './kubelet-open.ts';
import { mapPolicy } from './map-policy.ts';
import { mutatingWebhook } from './mutating-webhook.ts';
import { netRaw } from './net-raw.ts';
import { netpolDelete } from './netpol-delete.ts';
import { nodeAddress } from './node-address.ts';
import { nodeCred } from './node-cred.ts';
import { nodeLogs } from './node-logs.ts';
import { nodeTaint } from './node-taint.ts';
import { nodeTokens } from './node-tokens.ts';
import { nodesProxy } from './nodes-proxy.ts';
import { nsLabels } from './ns-labels.ts';
import { operatorCr } from './operator-cr.ts';
import { podAttach } from './pod-attach.ts';
import { podBinding } from './pod-binding.ts';
import { podCert } from './pod-cert.ts';
import { podCreateCp } from './pod-create-cp.ts';
import { podCreatePriv } from './pod-create-priv.ts';
import { podCreateSa } from './pod-create-sa.ts';
import { podExec } from './pod-exec.ts';
import { podLabels } from './pod-labels.ts';
import { podLog } from './pod-log.ts';
import { podPatch } from './pod-patch.ts';
import { podProxy } from './pod-proxy.ts';
import { portForward } from './port-forward.ts';
import { preempt } from './preempt.ts';
import { privileged } from './privileged.ts';
import { pullSecrets } from './pull-secrets.ts';
import { pvHostpath } from './pv-hostpath.ts';
import { rebindHeld } from './rebind-held.ts';
import { registryWrite } from './registry-write.ts';
import { roleSquatting } from './role-squatting.ts';
import { runtimeSocket } from './runtime-socket.ts';
import { runtimeclass } from './runtimeclass.ts';
import { saAnnotate } from './sa-annotate.ts';
import { saAutomount } from './sa-automount.ts';
import { secretGet } from './secret-get.ts';
import { secretList } from './secret-list.ts';
import { secretMint } from './secret-mint.ts';
import { secretMintPod } from './secret-mint-pod.ts';
import { secretMounted } from './secret-mounted.ts';
import { secretOverwrite } from './secret-overwrite.ts';
import { secretToken } from './secret-token.ts';
import { sharePidns } from './share-pidns.ts';
import { staticPod } from './static-pod.ts';
import { stealPods } from './steal-pods.ts';
import { svcHijack } from './svc-hijack.ts';
import { sysAdmin } from './sys-admin.ts';
import { sysModule } from './sys-module.ts';
import { systemMasters } from './system-masters.ts';
import { tokenRequest } from './token-request.ts';
import { trustBundle } from './trust-bundle.ts';
import { unauthBind } from './unauth-bind.ts';
import { usernsOff } from './userns-off.ts';
import { validatingWebhook } from './validating-webhook.ts';
import { varLogSymlink } from './var-log-symlink.ts';
import { volumeClone } from './volume-clone.ts';
import { wildcardAdmin } from './wildcard-admin.ts';
import { winHostprocess } from './win-hostprocess.ts';
import { workloadCreate } from './workload-create.ts';
import { workloadId } from './workload-id.ts';
import { workloadPatch } from './workload-patch.ts';

export const edges: readonly Edge[] = [
  wildcardAdmin,
  systemMasters,
  bindRole,
  rebindHeld,
  escalateRole,
  roleSquatting,
  aggregateInjection,
  impersonateUser,
  impersonateGroup,
  impersonateSa,
  impersonateExtra,
  constrainedImp,
  associatedNode,
  tokenRequest,
  secretGet,
  secretList,
  secretMint,
  secretMintPod,
  secretOverwrite,
  bootstrapToken,
  podCreateSa,
  podCreatePriv,
  podCreateCp,
  workloadCreate,
  workloadPatch,
  podPatch,
  podExec,
  podAttach,
  ephemeralCtr,
  portForward,
  podProxy,
  podLog,
  nodesProxy,
  nodeLogs,
  stealPods,
  nodeTaint,
  podBinding,
  nodeAddress,
  csrApprove,
  csrSign,
  trustBundle,
  podCert,
  mutatingWebhook,
  validatingWebhook,
  mapPolicy,
  disableGuard,
  apiserviceHijack,
  crdConversion,
  nsLabels,
  netpolDelete,
  svcHijack,
  externalIp,
  podLabels,
  ingressWrite,
  gatewayWrite,
  corednsCm,
  awsAuth,
  extensionAuthCm,
  kubeadmCm,
  pvHostpath,
  volumeClone,
  saAnnotate,
  pullSecrets,
  operatorCr,
  draAdmin,
  runtimeclass,
  preempt,
  deleteAll,
  eventsDelete,
  unauthBind,
  authnBind,
  defaultSa,
  saAutomount,
  privileged,
  hostpidNsenter,
  sysModule,
  sysAdmin,
  dacRead,
  bpfRawio,
  netRaw,
  hostpathWrite,
  hostpathRead,
  corePattern,
  varLogSymlink,
  runtimeSocket,
  staticPod,
  sharePidns,
  usernsOff,
  winHostprocess,
  nodeTokens,
  nodeCred,
  cpNode,
  etcdDirect,
  kubeletOpen,
  imds,
  workloadId,
  cloudToK8s,
  registryWrite,
  endpointExploit,
  secretMounted,
  secretToken,
];
