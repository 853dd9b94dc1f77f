// Settings of the kubelet, from its configuration. CIS Kubernetes 2.0.1 §4.2 (hostname override and event rate are flags or a matter of taste
// and are left out). Flags of the kubelet's service and what a node really runs with need evidence from the node. One file for many
// controls, as the rows differ in nothing but a field, its default and what is asked of it.

import type { KubeObject } from '../../kube/object.ts';
import { asList, isObject, type Json, type JsonObject, strings, textOf } from '../../lib/json.ts';
import { type Control, type ControlDefinition, control, fail } from '../control.ts';
import { cluster } from '../examples.ts';
import { setField } from '../repair.ts';
import { strongCiphers } from './hardened.ts';
import { type NodeConfig, nodeConfigs, setting } from './node-config.ts';

interface Row extends Omit<ControlDefinition<NodeConfig>, 'on' | 'check' | 'examples' | 'repair'> {
  readonly keys: readonly string[];
  readonly otherwise: Json;
  readonly holds: (value: Json, config: NodeConfig) => boolean;
  /** A value that fails. */
  readonly bad: Json;
  /** The value that is right for everybody. */
  readonly good?: Json;
}

const hardened: JsonObject = {
  authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' } },
  authorization: { mode: 'Webhook' },
  podPidsLimit: 4096,
  protectKernelDefaults: true,
  readOnlyPort: 0,
  rotateCertificates: true,
  seccompDefault: true,
  serverTLSBootstrap: true,
  tlsCipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
};

const rows: readonly Row[] = [
  {
    id: 'control-plane/kubelet-anonymous-auth',
    aliases: ['C-0069', 'C-0172', 'KCV-0079', 'CKV_K8S_138'],
    severity: 'critical',
    title: 'Kubelets refuse anonymous requests',
    why: 'A kubelet that serves strangers lets anyone who reaches port 10250 read logs and run commands in every pod of the node.',
    fix: 'Set authentication.anonymous.enabled to false.',
    frameworks: ['cis:4.2.1', 'nsa:authentication', 'stig:V-242391', 'attack:T1609', 'matrix:MS-TA9030', 'owasp:K09'],
    keys: ['authentication', 'anonymous', 'enabled'],
    otherwise: false,
    holds: (value) => value === false,
    bad: true,
    good: false,
  },
  {
    id: 'control-plane/kubelet-authorization',
    aliases: ['C-0173', 'KCV-0080', 'CKV_K8S_139'],
    severity: 'critical',
    title: 'Kubelets ask the API server what a request may do',
    why: 'With AlwaysAllow whoever authenticates to a kubelet may run commands in every pod of its node.',
    fix: 'Set authorization.mode to Webhook.',
    frameworks: ['cis:4.2.2', 'nsa:authorization', 'stig:V-242392', 'attack:T1609', 'matrix:MS-TA9030', 'owasp:K09'],
    keys: ['authorization', 'mode'],
    otherwise: 'Webhook',
    holds: (value) => value !== 'AlwaysAllow',
    bad: 'AlwaysAllow',
    good: 'Webhook',
  },
  {
    id: 'control-plane/kubelet-client-ca',
    aliases: ['C-0070', 'C-0174', 'KCV-0081', 'CKV_K8S_140'],
    severity: 'high',
    title: 'Kubelets verify client certificates',
    why: "Without a certificate authority a kubelet cannot verify the API server's certificate and has to trust weaker proof.",
    fix: 'Set authentication.x509.clientCAFile.',
    frameworks: ['cis:4.2.3', 'nsa:authentication', 'stig:V-242420', 'owasp:K09'],
    keys: ['authentication', 'x509', 'clientCAFile'],
    otherwise: '',
    holds: (value) => value !== '',
    bad: '',
  },
  {
    id: 'control-plane/kubelet-read-only-port',
    aliases: ['C-0175', 'KCV-0082', 'CKV_K8S_141'],
    severity: 'high',
    title: 'Kubelets have no read-only port',
    why: 'The read-only port tells anyone on the network which pods run where, with their environment and images.',
    fix: 'Set readOnlyPort to 0.',
    frameworks: ['cis:4.2.4', 'nsa:control-plane', 'stig:V-242387', 'attack:T1613', 'matrix:MS-TA9030', 'owasp:K09'],
    keys: ['readOnlyPort'],
    otherwise: 0,
    holds: (value) => value === 0,
    bad: 10255,
    good: 0,
  },
  {
    id: 'control-plane/kubelet-streaming-timeout',
    aliases: ['C-0176', 'KCV-0085', 'CKV_K8S_143'],
    severity: 'low',
    title: 'Idle streams of kubelets end',
    why: 'Sessions of exec and port-forward that never end are doors that stay open, and connections that run out.',
    fix: 'Leave streamingConnectionIdleTimeout at its default of four hours, or shorten it.',
    frameworks: ['cis:4.2.5', 'stig:V-242416', 'stig:V-245541', 'attack:T1499', 'owasp:K09'],
    keys: ['streamingConnectionIdleTimeout'],
    otherwise: '4h0m0s',
    holds: (value) => !/^0(?:[a-z]|$)/.test(textOf(value)) || /[1-9]/.test(textOf(value)),
    bad: '0s',
    good: '4h0m0s',
  },
  {
    id: 'control-plane/kubelet-kernel-defaults',
    aliases: ['C-0177', 'KCV-0083', 'CKV_K8S_144'],
    severity: 'low',
    title: 'Kubelets do not change kernel settings',
    why: 'A kubelet that finds other kernel settings than it expects changes them, hardening of the node included.',
    fix: 'Set protectKernelDefaults to true and set the kernel to what the kubelet expects.',
    frameworks: ['stig:V-242434', 'owasp:K09'],
    keys: ['protectKernelDefaults'],
    otherwise: false,
    holds: (value) => value === true,
    bad: false,
    good: true,
  },
  {
    id: 'control-plane/kubelet-iptables-chains',
    aliases: ['C-0178', 'KCV-0084', 'CKV_K8S_145'],
    severity: 'low',
    title: 'Kubelets manage their iptables chains',
    why: "Rules that are kept by hand fall behind the cluster's and leave gaps.",
    fix: 'Leave makeIPTablesUtilChains at true.',
    frameworks: ['cis:4.2.6', 'owasp:K09'],
    keys: ['makeIPTablesUtilChains'],
    otherwise: true,
    holds: (value) => value === true,
    bad: false,
    good: true,
  },
  {
    id: 'control-plane/kubelet-serving-certificate',
    aliases: ['C-0181', 'C-0183', 'KCV-0088', 'KCV-0089', 'KCV-0091', 'CKV_K8S_148'],
    severity: 'medium',
    title: "Kubelets serve with certificates of the cluster's authority",
    why: 'A kubelet without one signs its own, which the API server cannot verify, so that anyone can stand in between.',
    fix: 'Set serverTLSBootstrap to true and approve the requests, or set tlsCertFile and tlsPrivateKeyFile.',
    frameworks: ['cis:4.2.9', 'cis:4.2.11', 'nsa:control-plane', 'stig:V-242424', 'stig:V-242425', 'owasp:K09'],
    keys: ['serverTLSBootstrap'],
    otherwise: false,
    holds: (value, config) =>
      value === true || (setting(config, ['tlsCertFile'], '') !== '' && setting(config, ['tlsPrivateKeyFile'], '') !== ''),
    bad: false,
    good: true,
  },
  {
    id: 'control-plane/kubelet-rotate-certificates',
    aliases: ['C-0182', 'KCV-0090', 'CKV_K8S_149'],
    severity: 'medium',
    title: 'Client certificates of kubelets are rotated',
    why: 'Certificates that are not rotated are made to last for years, and a stolen one with them.',
    fix: 'Set rotateCertificates to true.',
    frameworks: ['cis:4.2.10', 'owasp:K09'],
    keys: ['rotateCertificates'],
    otherwise: false,
    holds: (value) => value === true,
    bad: false,
    good: true,
  },
  {
    id: 'control-plane/kubelet-ciphers',
    aliases: ['C-0184', 'KCV-0092', 'CKV_K8S_151'],
    severity: 'low',
    title: 'Kubelets offer strong cipher suites only',
    why: 'Suites without forward secrecy let recorded exec sessions be read once the key leaks.',
    fix: 'Set tlsCipherSuites to suites with ECDHE and AEAD.',
    frameworks: ['cis:4.2.12', 'owasp:K09'],
    keys: ['tlsCipherSuites'],
    otherwise: [],
    holds: (value) => asList(value).length > 0 && strings(value).every((suite) => strongCiphers.includes(suite)),
    bad: ['TLS_RSA_WITH_3DES_EDE_CBC_SHA'],
  },
  {
    id: 'control-plane/kubelet-pids-limit',
    aliases: ['C-0284'],
    severity: 'medium',
    title: 'Kubelets limit the processes of a pod',
    why: 'Without a limit one pod with a fork bomb takes down its node and everybody on it.',
    fix: 'Set podPidsLimit to what your largest pod needs, such as 4096.',
    frameworks: ['cis:4.2.13', 'attack:T1499', 'matrix:MS-TA9040', 'owasp:K09'],
    keys: ['podPidsLimit'],
    otherwise: -1,
    holds: (value) => typeof value === 'number' && value > 0,
    bad: -1,
    good: 4096,
  },
  {
    id: 'control-plane/kubelet-seccomp-default',
    aliases: [],
    severity: 'low',
    title: 'Kubelets give pods a seccomp profile by default',
    why: 'Pods that name no profile run without any, with every system call of the kernel in reach.',
    fix: 'Set seccompDefault to true.',
    frameworks: ['cis:4.2.14', 'attack:T1611', 'owasp:K09'],
    keys: ['seccompDefault'],
    otherwise: false,
    holds: (value) => value === true,
    bad: false,
    good: true,
  },
];

export const kubelet: readonly Control[] = rows.map(({ keys, otherwise, holds, bad, good, ...data }) =>
  control<NodeConfig>({
    ...data,
    on: nodeConfigs('KubeletConfiguration'),
    check: (config) => {
      const value = setting(config, keys, otherwise);
      return holds(value, config)
        ? []
        : [fail(config.at(...keys), 'value', `${keys.join('.')} of the kubelet is ${JSON.stringify(value)}`)];
    },
    ...(good === undefined
      ? {}
      : { repair: (outcome, object) => (outcome.path.startsWith('/data/') ? undefined : setField(object, outcome.path, good)) }),
    examples: {
      pass: () => [cluster(configuration(hardened))],
      fail: () => [cluster(configuration(changed(hardened, keys, bad)))],
    },
  }),
);

function configuration(settings: JsonObject): KubeObject {
  return { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration', ...settings };
}

function changed(object: JsonObject, [key = '', ...rest]: readonly string[], value: Json): JsonObject {
  const inner = object[key];
  return { ...object, [key]: rest.length === 0 ? value : changed(isObject(inner) ? inner : {}, rest, value) };
}
