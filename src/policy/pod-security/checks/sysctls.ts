// Pod Security Standards, baseline, "Sysctls": only kernel parameters that are kept apart between pods. The list grew in 1.27, 1.29, 1.32
// and 1.37.

import { members } from '../../../kube/pod/lower.ts';
import type { Pod } from '../../../kube/pod/types.ts';
import { asString } from '../../../lib/json.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';

export const sysctls: PodSecurityCheck = {
  id: 'sysctls',
  level: 'baseline',
  versions: [
    { since: 0, check: sysctls_1_0 },
    { since: 27, check: sysctls_1_27 },
    { since: 29, check: sysctls_1_29 },
    { since: 32, check: sysctls_1_32 },
    { since: 37, check: sysctls_1_37 },
  ],
};

const safe_1_0 = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
]);
const safe_1_27 = new Set([...safe_1_0, 'net.ipv4.ip_local_reserved_ports']);
const safe_1_29 = new Set([
  ...safe_1_27,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]);
const safe_1_32 = new Set([...safe_1_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']);
const safe_1_37 = new Set([...safe_1_32, 'net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']);

function sysctls_1_0(pod: Pod): Offence | undefined {
  return unsafe(pod, safe_1_0);
}

function sysctls_1_27(pod: Pod): Offence | undefined {
  return unsafe(pod, safe_1_27);
}

function sysctls_1_29(pod: Pod): Offence | undefined {
  return unsafe(pod, safe_1_29);
}

function sysctls_1_32(pod: Pod): Offence | undefined {
  return unsafe(pod, safe_1_32);
}

function sysctls_1_37(pod: Pod): Offence | undefined {
  return unsafe(pod, safe_1_37);
}

function unsafe(pod: Pod, safe: ReadonlySet<string>): Offence | undefined {
  const bad = members(pod.securityContext.sysctls, pod.at('/securityContext/sysctls'))
    .map(({ spec, path }) => ({ name: asString(spec.name) ?? '', path: `${path}/name` }))
    .filter(({ name }) => !safe.has(name));
  if (bad.length === 0) return undefined;
  return { reason: 'forbidden sysctls', detail: bad.map(({ name }) => name).join(', '), paths: bad.map(({ path }) => path) };
}
