// Controls whose question is about fields of one pod, as CEL over `variables.pod` (the pod's spec), `variables.containers` (init, normal
// and ephemeral) and `variables.linux`. An expression is true where the control passes. What a control asks of other objects, of the
// cluster's version or of texts it has to take apart is not here.

import { strings } from '../../lib/json.ts';
import { allowedVolumes } from '../../policy/pod-security/checks/restricted-volumes.ts';
import type { Control } from '../control.ts';

export interface EmittedExpression {
  readonly expression: string;
  /** What a denial says, before the names. */
  readonly message: string;
  /** The containers that break the rule, as CEL, for the message. */
  readonly blamed?: string;
}

type Emit = (control: Control) => EmittedExpression;

/** Every container must meet a condition over `c`. */
const each =
  (condition: string, message: string): Emit =>
  () => ({
    expression: `variables.containers.all(c, ${condition})`,
    message,
    blamed: `variables.containers.filter(c, !(${condition})).map(c, c.name)`,
  });

/** The same for pods that do not run on Windows. */
const eachOnLinux =
  (condition: string, message: string): Emit =>
  () => ({
    expression: `!variables.linux || variables.containers.all(c, ${condition})`,
    message,
    blamed: `variables.containers.filter(c, !(${condition})).map(c, c.name)`,
  });

const pod =
  (expression: string, message: string): Emit =>
  () => ({ expression, message });

const list = (values: readonly string[]) => `[${values.map((value) => `'${value.replace(/['\\]/g, '\\$&')}'`).join(', ')}]`;

/** Names of capabilities in any case, with or without CAP_. */
const spellings = (names: readonly string[]) => list(names.flatMap((name) => [name, `CAP_${name}`]));

const adds = (names: string) => `c.?securityContext.?capabilities.?add.orValue([]).all(name, !(name.upperAscii() in ${names}))`;

/** A field of the container's security context, else of the pod's. */
const inForce = (field: string, absent: string) =>
  `c.?securityContext.?${field}.orValue(variables.pod.?securityContext.?${field}.orValue(${absent}))`;

const hosts = (handler: string) => `['httpGet', 'tcpSocket'].all(action, ${handler}[?action].?host.orValue('') == '')`;

const selinux = (holder: string) => {
  const option = (name: string) => `${holder}.?seLinuxOptions.?${name}.orValue('')`;
  const types = list(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);
  return `${option('type')} in ${types} && ${option('user')} == '' && ${option('role')} == ''`;
};

/** A hostPath has a policy of its own. */
const volumes = [...allowedVolumes, 'hostPath'];

const sysctls = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
];

/** By control id. Lists that grew with Kubernetes are those of 1.36. */
export const expressions: Readonly<Record<string, Emit>> = {
  'workload/host-network': pod('!variables.pod.?hostNetwork.orValue(false)', "the pod shares the node's network namespace"),
  'workload/host-pid': pod('!variables.pod.?hostPID.orValue(false)', "the pod shares the node's process namespace"),
  'workload/host-ipc': pod('!variables.pod.?hostIPC.orValue(false)', "the pod shares the node's IPC namespace"),
  'workload/host-aliases': pod('variables.pod.?hostAliases.orValue([]).size() == 0', 'the pod adds entries to /etc/hosts'),
  'workload/host-users': pod(
    '!variables.linux || variables.pod.?hostUsers.orValue(true) == false',
    "the pod shares the node's user namespace",
  ),
  'workload/host-path': pod('variables.pod.?volumes.orValue([]).all(v, !has(v.hostPath))', 'the pod mounts directories of the node'),
  'workload/volume-types': pod(
    `variables.pod.?volumes.orValue([]).all(v, ${volumes.map((type) => `has(v.${type})`).join(' || ')})`,
    'the pod has volumes of types that give a hold on the node or the network',
  ),
  'workload/host-port': each('c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0)', 'containers take ports of the node'),
  'workload/privileged-ports': each(
    'c.?ports.orValue([]).all(p, p.?containerPort.orValue(0) < 1 || p.?containerPort.orValue(0) > 1023)',
    'containers listen on ports below 1024',
  ),
  'workload/privileged': each('c.?securityContext.?privileged.orValue(false) == false', 'containers are privileged'),
  'workload/privilege-escalation': eachOnLinux(
    'c.?securityContext.?allowPrivilegeEscalation.orValue(true) == false',
    'containers do not forbid privilege escalation',
  ),
  'workload/read-only-root-filesystem': eachOnLinux(
    'c.?securityContext.?readOnlyRootFilesystem.orValue(false)',
    'containers may write to their root file systems',
  ),
  'workload/drop-all-capabilities': eachOnLinux(
    "c.?securityContext.?capabilities.?drop.orValue([]).exists(name, name == 'ALL')",
    'containers keep capabilities they may not need',
  ),
  'workload/net-raw': eachOnLinux(
    `${adds(spellings(['NET_RAW', 'ALL']))} && c.?securityContext.?capabilities.?drop.orValue([]).exists(name, name.upperAscii() in ${spellings(['NET_RAW', 'ALL'])})`,
    'containers keep NET_RAW',
  ),
  'workload/sys-admin-capability': each(adds(spellings(['SYS_ADMIN', 'ALL'])), 'containers add SYS_ADMIN'),
  'workload/insecure-capabilities': (control) => {
    const names = strings(control.parameters?.capabilities).map((name) => name.toUpperCase().replace(/^CAP_/, ''));
    return each(adds(spellings(names)), 'containers add insecure capabilities')(control);
  },
  'workload/proc-mount': pod(
    `!variables.linux || variables.pod.?hostUsers.orValue(true) == false || variables.containers.all(c, c.?securityContext.?procMount.orValue('Default') == 'Default')`,
    'containers unmask /proc',
  ),
  'workload/selinux-options': pod(
    `!variables.linux || (${selinux('variables.pod.?securityContext')} && variables.containers.all(c, ${selinux('c.?securityContext')}))`,
    'SELinux options of its own',
  ),
  'workload/unsafe-sysctls': pod(
    `!variables.linux || variables.pod.?securityContext.?sysctls.orValue([]).all(s, s.?name.orValue('') in ${list(sysctls)})`,
    'the pod sets kernel parameters that are not kept apart between pods',
  ),
  'workload/windows-host-process': pod(
    '!variables.pod.?securityContext.?windowsOptions.?hostProcess.orValue(false) && variables.containers.all(c, !c.?securityContext.?windowsOptions.?hostProcess.orValue(false))',
    'the pod runs as a process of the Windows node',
  ),
  'workload/run-as-non-root': pod(
    `!variables.linux || variables.pod.?hostUsers.orValue(true) == false || variables.containers.all(c, ${inForce('runAsNonRoot', 'false')} || ${inForce('runAsUser', '0')} != 0)`,
    'containers may run as root',
  ),
  'workload/seccomp-profile': eachOnLinux(`${inForce('seccompProfile.?type', "''")} != ''`, 'containers have no seccomp profile'),
  'workload/seccomp-unconfined': eachOnLinux(
    `${inForce('seccompProfile.?type', "''")} in ['', 'RuntimeDefault', 'Localhost']`,
    'containers run without seccomp',
  ),
  'workload/probe-host': each(
    [
      `['livenessProbe', 'readinessProbe', 'startupProbe'].all(probe, ${hosts('c[?probe]')})`,
      `['postStart', 'preStop'].all(hook, ${hosts('c.?lifecycle[?hook]')})`,
    ].join(' && '),
    'containers make the node call other hosts',
  ),
  'workload/run-as-user': eachOnLinux(
    'has(c.securityContext) && has(c.securityContext.runAsUser) || has(variables.pod.securityContext) && has(variables.pod.securityContext.runAsUser)',
    'containers run as whatever users their images name',
  ),
};
