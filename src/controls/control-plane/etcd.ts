// etcd, which holds every object of the cluster: whoever reads it reads all Secrets, whoever writes it is an administrator. Flags and
// ETCD_ variables of etcd 3.6; with --config-file (or ETCD_CONFIG_FILE) both are ignored, and the answer stands in a file that is not here.
// CIS Kubernetes 2.0.1 §2. One file for many controls: see flag-control.ts; the separation of authorities is etcd-authority.ts.

import { unknown } from '../control.ts';
import { failing, flag, flagControls, having, type Judge, listed, mustBe, mustBeSet, type Row, without } from './flag-control.ts';
import { hardenedEtcd } from './hardened.ts';

/** Where a configuration file replaces the flags there is no answer. */
function byFlags(judge: Judge): Judge {
  return (component, context) => {
    const config = flag(component, 'config-file');
    return config === undefined
      ? judge(component, context)
      : [unknown(config.path, 'configured-in-file', `etcd is configured in ${config.value}, which is not in the input`)];
  };
}

const rows: readonly Row[] = [
  {
    id: 'control-plane/etcd-tls',
    aliases: ['C-0153', 'KCV-0042', 'CKV_K8S_116'],
    severity: 'critical',
    title: 'etcd serves clients over TLS',
    why: 'Without TLS every Secret that is stored or read crosses the network in clear text.',
    fix: 'Set --cert-file and --key-file.',
    frameworks: ['cis:2.1', 'nsa:control-plane', 'stig:V-242427', 'stig:V-242428', 'stig:V-242379', 'owasp:K09'],
    check: byFlags(mustBeSet('cert-file', 'key-file')),
    fails: (good) => [without(good, 'cert-file'), without(good, 'key-file')],
  },
  {
    id: 'control-plane/etcd-client-authentication',
    aliases: ['C-0154', 'KCV-0043', 'CKV_K8S_117'],
    severity: 'critical',
    title: 'etcd asks clients for certificates',
    why: 'Without client certificates whoever reaches port 2379 reads and writes the whole cluster.',
    fix: 'Set --client-cert-auth=true and --trusted-ca-file.',
    frameworks: ['cis:2.2', 'nsa:control-plane', 'stig:V-242423', 'attack:T1552', 'owasp:K09'],
    check: byFlags(mustBe('client-cert-auth', true, false)),
    repair: ['client-cert-auth', 'true'],
    fails: (good) => [without(good, 'client-cert-auth'), having(good, 'client-cert-auth', 'false')],
  },
  {
    id: 'control-plane/etcd-auto-tls',
    aliases: ['C-0155', 'KCV-0044', 'CKV_K8S_118'],
    severity: 'medium',
    title: 'etcd does not make up its own certificate',
    why: 'Clients cannot verify a certificate that etcd signs by itself at each start, so that anyone can stand in between.',
    fix: 'Remove --auto-tls=true and set --cert-file and --key-file.',
    frameworks: ['cis:2.3', 'nsa:control-plane', 'owasp:K09'],
    check: byFlags(mustBe('auto-tls', false, false)),
    repair: ['auto-tls', 'false'],
    fails: (good) => [having(good, 'auto-tls', 'true')],
  },
  {
    id: 'control-plane/etcd-peer-tls',
    aliases: ['C-0156', 'KCV-0045', 'CKV_K8S_119'],
    severity: 'high',
    title: 'Members of etcd talk over TLS',
    why: 'Members copy all data to each other; without TLS it can be read and changed on the way.',
    fix: 'Set --peer-cert-file and --peer-key-file.',
    frameworks: ['cis:2.4', 'nsa:control-plane', 'stig:V-242432', 'stig:V-242433', 'stig:V-242380', 'owasp:K09'],
    check: byFlags(mustBeSet('peer-cert-file', 'peer-key-file')),
    fails: (good) => [without(good, 'peer-cert-file'), without(good, 'peer-key-file')],
  },
  {
    id: 'control-plane/etcd-peer-authentication',
    aliases: ['C-0157', 'KCV-0046', 'CKV_K8S_121'],
    severity: 'high',
    title: 'Members of etcd ask each other for certificates',
    why: 'Without them whoever reaches the peer port can join as a member and receive all data.',
    fix: 'Set --peer-client-cert-auth=true and --peer-trusted-ca-file.',
    frameworks: ['cis:2.5', 'nsa:control-plane', 'stig:V-242426', 'owasp:K09'],
    check: byFlags(mustBe('peer-client-cert-auth', true, false)),
    repair: ['peer-client-cert-auth', 'true'],
    fails: (good) => [without(good, 'peer-client-cert-auth'), having(good, 'peer-client-cert-auth', 'false')],
  },
  {
    id: 'control-plane/etcd-peer-auto-tls',
    aliases: ['C-0158', 'KCV-0047'],
    severity: 'medium',
    title: 'Members of etcd do not make up their own certificates',
    why: 'Members cannot verify certificates that each signs by itself, so that anyone can pose as a member.',
    fix: 'Remove --peer-auto-tls=true and set --peer-cert-file and --peer-key-file.',
    frameworks: ['cis:2.6', 'nsa:control-plane', 'owasp:K09'],
    check: byFlags(mustBe('peer-auto-tls', false, false)),
    repair: ['peer-auto-tls', 'false'],
    fails: (good) => [having(good, 'peer-auto-tls', 'true')],
  },
  {
    id: 'control-plane/etcd-plaintext',
    aliases: [],
    severity: 'critical',
    title: 'etcd listens without TLS on the loopback address only',
    why: 'A plain HTTP address that others can reach hands out and takes the whole cluster without any check.',
    fix: 'Use https:// in --listen-client-urls and --listen-peer-urls for every address but the loopback one.',
    frameworks: ['nsa:control-plane', 'attack:T1552', 'owasp:K09'],
    check: byFlags((component) =>
      ['listen-client-urls', 'listen-peer-urls']
        .filter((name) => listed(component, name).some((url) => /^http:\/\/(?!127\.|localhost\b|\[::1\])/.test(url)))
        .map((name) => failing(component, name, `--${name} has an address without TLS`)),
    ),
    fails: (good) => [having(good, 'listen-client-urls', 'http://0.0.0.0:2379')],
  },
];

export const etcd = flagControls('etcd', hardenedEtcd, rows);
