// Controls of pods and their containers: what a compromise of the program may do to the node and its neighbours.

import type { Control } from '../control.ts';
import { addedCapabilities } from './added-capabilities.ts';
import { appArmorProfile } from './apparmor-profile.ts';
import { appArmorUnconfined } from './apparmor-unconfined.ts';
import { cloudCredentials } from './cloud-credentials.ts';
import { containerSecurityContext } from './container-security-context.ts';
import { dropAllCapabilities } from './drop-all-capabilities.ts';
import { dropAnyCapability } from './drop-any-capability.ts';
import { fsGroup } from './fs-group.ts';
import { fsGroupChangePolicy } from './fs-group-change-policy.ts';
import { gitSyncCommand } from './git-sync-command.ts';
import { highGid } from './high-gid.ts';
import { highUid } from './high-uid.ts';
import { hostAliases } from './host-aliases.ts';
import { hostIpc } from './host-ipc.ts';
import { hostNetwork } from './host-network.ts';
import { hostPath } from './host-path.ts';
import { hostPathSensitive } from './host-path-sensitive.ts';
import { hostPathWritable } from './host-path-writable.ts';
import { hostPid } from './host-pid.ts';
import { hostPort } from './host-port.ts';
import { hostUsers } from './host-users.ts';
import { insecureCapabilities } from './insecure-capabilities.ts';
import { linuxHardening } from './linux-hardening.ts';
import { netRaw } from './net-raw.ts';
import { podSecurityContext } from './pod-security-context.ts';
import { privilegeEscalation } from './privilege-escalation.ts';
import { privileged } from './privileged.ts';
import { privilegedPorts } from './privileged-ports.ts';
import { probeHost } from './probe-host.ts';
import { procMount } from './proc-mount.ts';
import { readOnlyRootFilesystem } from './read-only-root-filesystem.ts';
import { rootGroup } from './root-group.ts';
import { runAsGroup } from './run-as-group.ts';
import { runAsNonRoot } from './run-as-non-root.ts';
import { runAsRootUid } from './run-as-root-uid.ts';
import { runAsUser } from './run-as-user.ts';
import { runtimeSocket } from './runtime-socket.ts';
import { seccompProfile } from './seccomp-profile.ts';
import { seccompRuntimeDefault } from './seccomp-runtime-default.ts';
import { seccompUnconfined } from './seccomp-unconfined.ts';
import { seLinuxMissing } from './selinux-missing.ts';
import { seLinuxOptions } from './selinux-options.ts';
import { sshServer } from './ssh-server.ts';
import { sudoEntrypoint } from './sudo-entrypoint.ts';
import { sysAdminCapability } from './sys-admin-capability.ts';
import { sysModuleCapability } from './sys-module-capability.ts';
import { unsafeSysctls } from './unsafe-sysctls.ts';
import { volumeTypes } from './volume-types.ts';
import { windowsGmsa } from './windows-gmsa.ts';
import { windowsHostProcess } from './windows-host-process.ts';
import { windowsUserName } from './windows-user-name.ts';

export const workload: readonly Control[] = [
  privileged,
  sysAdminCapability,
  sysModuleCapability,
  windowsHostProcess,
  runtimeSocket,
  hostPid,
  hostIpc,
  hostNetwork,
  hostPort,
  hostPath,
  hostPathWritable,
  hostPathSensitive,
  cloudCredentials,
  insecureCapabilities,
  addedCapabilities,
  dropAllCapabilities,
  dropAnyCapability,
  netRaw,
  privilegeEscalation,
  runAsNonRoot,
  runAsRootUid,
  runAsUser,
  runAsGroup,
  rootGroup,
  highUid,
  highGid,
  hostUsers,
  readOnlyRootFilesystem,
  seccompProfile,
  seccompUnconfined,
  seccompRuntimeDefault,
  appArmorProfile,
  appArmorUnconfined,
  seLinuxOptions,
  seLinuxMissing,
  linuxHardening,
  unsafeSysctls,
  procMount,
  volumeTypes,
  podSecurityContext,
  containerSecurityContext,
  privilegedPorts,
  hostAliases,
  probeHost,
  sshServer,
  sudoEntrypoint,
  gitSyncCommand,
  fsGroup,
  fsGroupChangePolicy,
  windowsUserName,
  windowsGmsa,
];
