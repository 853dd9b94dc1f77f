// kube-apiserver: authentication, authorization, and the keys it serves and connects with. CIS Kubernetes 2.0.1 §1.2 (ids and our own words),
// DISA Kubernetes STIG. Admission plugins and auditing have files of their own. One file for many controls: see flag-control.ts.
// Flags that 1.36 no longer has (`--insecure-port`, `--basic-auth-file`) are judged where they are still given.

import { parseDuration } from '../../kube/duration.ts';
import { strings } from '../../lib/json.ts';
import { unknown } from '../control.ts';
import {
  failing,
  flag,
  flagControls,
  having,
  type Judge,
  listed,
  mustBe,
  mustBeNewTls,
  mustBeSet,
  mustNotBeSet,
  type Row,
  since,
  without,
} from './flag-control.ts';
import { hardenedApiServer, strongCiphers } from './hardened.ts';

/** Asks about authorization modes; where they stand in a file that is not here, there is no answer. */
function modes(name: string, holds: (modes: readonly string[]) => boolean, detail: (modes: string) => string): Judge {
  return (component) => {
    const config = flag(component, 'authorization-config');
    if (config !== undefined && flag(component, 'authorization-mode') === undefined)
      return [unknown(config.path, 'configured-in-file', `authorization is configured in ${config.value}, which is not in the input`)];
    const given = listed(component, 'authorization-mode');
    const effective = given.length > 0 ? given : ['AlwaysAllow'];
    return holds(effective) ? [] : [failing(component, name, detail(effective.join(',')))];
  };
}

const authentication: readonly Row[] = [
  {
    id: 'control-plane/api-server-anonymous-auth',
    aliases: ['C-0113', 'KCV-0001', 'CKV_K8S_68'],
    severity: 'medium',
    title: 'The API server refuses anonymous requests',
    why: 'Anonymous requests reach the authorizer as system:anonymous; one careless binding to that user or its group opens the cluster to the network.',
    fix: 'Set --anonymous-auth=false, or allow anonymous access to the health endpoints only through an AuthenticationConfiguration.',
    frameworks: ['cis:1.2.1', 'nsa:authentication', 'stig:V-242390', 'attack:T1078.001', 'owasp:K06'],
    check: (component, context) => {
      const config = flag(component, 'authentication-config');
      if (config !== undefined && flag(component, 'anonymous-auth') === undefined)
        return [unknown(config.path, 'configured-in-file', `anonymous access is configured in ${config.value}, which is not in the input`)];
      return mustBe('anonymous-auth', false, true)(component, context);
    },
    fails: (good) => [without(good, 'anonymous-auth'), having(good, 'anonymous-auth', 'true')],
  },
  {
    id: 'control-plane/api-server-token-auth-file',
    aliases: ['C-0114', 'KCV-0002', 'CKV_K8S_70'],
    severity: 'high',
    title: 'The API server has no file of static tokens',
    why: 'Static tokens never expire, lie on disk in clear text and can only be revoked by restarting the API server.',
    fix: 'Remove --token-auth-file and use short-lived tokens, OIDC or client certificates.',
    frameworks: ['cis:1.2.2', 'nsa:authentication', 'stig:V-242440', 'stig:V-245543', 'attack:T1552.001', 'owasp:K06'],
    check: mustNotBeSet('token-auth-file'),
    fails: (good) => [[...good, '--token-auth-file=/etc/kubernetes/tokens.csv']],
  },
  {
    id: 'control-plane/api-server-basic-auth-file',
    aliases: ['CKV_K8S_69'],
    severity: 'high',
    title: 'The API server has no file of passwords',
    why: 'Basic authentication sends a password that never expires with every request; Kubernetes removed it in 1.19.',
    fix: 'Remove --basic-auth-file and use short-lived tokens, OIDC or client certificates.',
    frameworks: ['nsa:authentication', 'stig:V-242439', 'stig:V-245542', 'attack:T1552.001', 'owasp:K06'],
    check: mustNotBeSet('basic-auth-file'),
    fails: (good) => [[...good, '--basic-auth-file=/etc/kubernetes/users.csv']],
  },
  {
    id: 'control-plane/api-server-client-ca',
    aliases: ['C-0139', 'KCV-0028'],
    severity: 'high',
    title: 'The API server verifies client certificates',
    why: 'Without --client-ca-file no client certificate is accepted, and components fall back to weaker credentials.',
    fix: 'Set --client-ca-file to the certificate authority of the cluster.',
    frameworks: ['cis:1.2.25', 'nsa:authentication', 'stig:V-242419', 'owasp:K09'],
    check: mustBeSet('client-ca-file'),
    fails: (good) => [without(good, 'client-ca-file')],
  },
  {
    id: 'control-plane/api-server-service-account-lookup',
    aliases: ['C-0135', 'KCV-0024', 'CKV_K8S_96'],
    severity: 'medium',
    title: 'The API server looks up the service account of every token',
    why: 'Without the lookup a token stays valid after its service account or secret was deleted.',
    fix: 'Remove --service-account-lookup=false; true is the default.',
    frameworks: ['cis:1.2.21', 'attack:T1550.001', 'owasp:K06'],
    check: mustBe('service-account-lookup', true, true),
    repair: ['service-account-lookup', 'true'],
    fails: (good) => [having(good, 'service-account-lookup', 'false')],
  },
  {
    id: 'control-plane/api-server-service-account-key',
    aliases: ['C-0136', 'KCV-0025', 'CKV_K8S_97'],
    severity: 'medium',
    title: 'The API server verifies service account tokens with a key of their own',
    why: 'Without a dedicated key the TLS key signs tokens too, and neither can be rotated without the other.',
    fix: 'Set --service-account-key-file to the public half of a key pair that serves nothing else.',
    frameworks: ['cis:1.2.22', 'owasp:K09'],
    check: mustBeSet('service-account-key-file'),
    fails: (good) => [without(good, 'service-account-key-file')],
  },
  {
    id: 'control-plane/api-server-token-expiration',
    aliases: ['C-0290'],
    severity: 'medium',
    title: 'The API server does not extend the life of service account tokens',
    why: 'By default tokens that ask for an hour are valid for a year, so that a stolen one stays useful long after its pod is gone.',
    fix: 'Set --service-account-extend-token-expiration=false once clients reload their tokens.',
    frameworks: ['cis:1.2.30', 'attack:T1528', 'owasp:K06'],
    check: mustBe('service-account-extend-token-expiration', false, true),
    repair: ['service-account-extend-token-expiration', 'false'],
    fails: (good) => [
      without(good, 'service-account-extend-token-expiration'),
      having(good, 'service-account-extend-token-expiration', 'true'),
    ],
  },
];

const authorization: readonly Row[] = [
  {
    id: 'control-plane/api-server-always-allow',
    aliases: ['C-0118', 'KCV-0007', 'CKV_K8S_74'],
    severity: 'critical',
    title: 'The API server does not allow every request',
    why: 'With AlwaysAllow, the default of --authorization-mode, every authenticated user may do everything.',
    fix: 'Set --authorization-mode=Node,RBAC, or an AuthorizationConfiguration without AlwaysAllow.',
    frameworks: ['cis:1.2.6', 'nsa:authorization', 'stig:V-242382', 'attack:T1078', 'owasp:K09'],
    check: modes(
      'authorization-mode',
      (given) => !given.includes('AlwaysAllow'),
      (given) => `the API server authorizes by ${given}: every request is allowed`,
    ),
    repair: ['authorization-mode', 'Node,RBAC'],
    fails: (good) => [having(good, 'authorization-mode', 'Node,RBAC,AlwaysAllow')],
  },
  {
    id: 'control-plane/api-server-authorization-node',
    aliases: ['C-0119', 'KCV-0008', 'CKV_K8S_75'],
    severity: 'medium',
    title: 'The API server authorizes kubelets by the Node authorizer',
    why: 'Without it kubelets need broad roles, and one node can read the Secrets of pods on every other.',
    fix: 'Add Node to --authorization-mode, before RBAC.',
    frameworks: ['cis:1.2.7', 'nsa:authorization', 'stig:V-242382', 'attack:T1078', 'owasp:K09'],
    check: modes(
      'authorization-mode',
      (given) => given.includes('Node'),
      (given) => `the API server authorizes by ${given}, without Node`,
    ),
    repair: ['authorization-mode', 'Node,RBAC'],
    fails: (good) => [having(good, 'authorization-mode', 'RBAC')],
  },
  {
    id: 'control-plane/api-server-authorization-rbac',
    aliases: ['C-0120', 'C-0088', 'rule:rbac-enabled-native', 'KCV-0009', 'CKV_K8S_77'],
    severity: 'high',
    title: 'The API server authorizes by RBAC',
    why: 'Without RBAC there are no roles to grant the least privilege by, and whatever authorizes instead is coarser.',
    fix: 'Add RBAC to --authorization-mode.',
    frameworks: ['cis:1.2.8', 'nsa:authorization', 'stig:V-242382', 'attack:T1078', 'owasp:K09'],
    check: modes(
      'authorization-mode',
      (given) => given.includes('RBAC'),
      (given) => `the API server authorizes by ${given}, without RBAC`,
    ),
    repair: ['authorization-mode', 'Node,RBAC'],
    fails: (good) => [having(good, 'authorization-mode', 'Node')],
  },
];

const connections: readonly Row[] = [
  {
    id: 'control-plane/api-server-kubelet-client-certificate',
    aliases: ['C-0116', 'KCV-0005', 'CKV_K8S_72'],
    severity: 'high',
    title: 'The API server proves who it is to kubelets',
    why: 'Without a client certificate the kubelets must accept anonymous requests for exec and logs to work at all.',
    fix: 'Set --kubelet-client-certificate and --kubelet-client-key.',
    frameworks: ['cis:1.2.4', 'nsa:authentication', 'matrix:MS-TA9030', 'owasp:K09'],
    check: mustBeSet('kubelet-client-certificate', 'kubelet-client-key'),
    fails: (good) => [without(good, 'kubelet-client-certificate'), without(good, 'kubelet-client-certificate', 'kubelet-client-key')],
  },
  {
    id: 'control-plane/api-server-kubelet-ca',
    aliases: ['C-0117', 'KCV-0006', 'CKV_K8S_73'],
    severity: 'medium',
    title: 'The API server verifies the certificates of kubelets',
    why: 'Unverified, whoever sits between can read logs and exec sessions and answer in the place of a node.',
    fix: 'Set --kubelet-certificate-authority, and give kubelets serving certificates of that authority.',
    frameworks: ['cis:1.2.5', 'nsa:control-plane', 'owasp:K09'],
    check: mustBeSet('kubelet-certificate-authority'),
    fails: (good) => [without(good, 'kubelet-certificate-authority')],
  },
  {
    id: 'control-plane/api-server-kubelet-https',
    aliases: ['KCV-0004', 'CKV_K8S_71'],
    severity: 'high',
    title: 'The API server connects to kubelets over HTTPS',
    why: 'Over plain HTTP, logs, exec sessions and the credentials typed into them can be read on the network.',
    fix: 'Remove --kubelet-https=false.',
    frameworks: ['nsa:control-plane', 'owasp:K09'],
    check: mustBe('kubelet-https', true, true),
    repair: ['kubelet-https', 'true'],
    fails: (good) => [having(good, 'kubelet-https', 'false')],
  },
  {
    id: 'control-plane/api-server-etcd-certificate',
    aliases: ['C-0137', 'KCV-0026', 'CKV_K8S_99'],
    severity: 'high',
    title: 'The API server proves who it is to etcd',
    why: 'An etcd that takes the API server without a certificate takes everybody, and it holds every Secret of the cluster.',
    fix: 'Set --etcd-certfile and --etcd-keyfile.',
    frameworks: ['cis:1.2.23', 'nsa:control-plane', 'stig:V-242430', 'stig:V-242431', 'owasp:K09'],
    check: mustBeSet('etcd-certfile', 'etcd-keyfile'),
    fails: (good) => [without(good, 'etcd-certfile'), without(good, 'etcd-keyfile')],
  },
  {
    id: 'control-plane/api-server-etcd-ca',
    aliases: ['C-0140', 'KCV-0029', 'CKV_K8S_102'],
    severity: 'high',
    title: 'The API server verifies the certificate of etcd',
    why: 'Unverified, another program may answer as etcd and receive every object, Secrets included.',
    fix: 'Set --etcd-cafile.',
    frameworks: ['cis:1.2.26', 'nsa:control-plane', 'stig:V-242429', 'owasp:K09'],
    check: mustBeSet('etcd-cafile'),
    fails: (good) => [without(good, 'etcd-cafile')],
  },
  {
    id: 'control-plane/api-server-etcd-plaintext',
    aliases: [],
    severity: 'high',
    title: 'The API server connects to etcd over TLS',
    why: 'Over plain HTTP everything that is stored, Secrets included, can be read and changed on the way.',
    fix: 'Use https:// in --etcd-servers and --etcd-servers-overrides.',
    frameworks: ['nsa:control-plane', 'owasp:K09'],
    check: (component) =>
      ['etcd-servers', 'etcd-servers-overrides']
        .filter((name) => listed(component, name).some((url) => /http:\/\/(?!127\.|localhost\b|\[::1\])/.test(url)))
        .map((name) => failing(component, name, `--${name} names an etcd without TLS`)),
    fails: (good) => [having(good, 'etcd-servers', 'http://10.0.0.5:2379')],
  },
  {
    id: 'control-plane/api-server-tls',
    aliases: ['C-0138', 'KCV-0027', 'CKV_K8S_100'],
    severity: 'high',
    title: 'The API server has a certificate of its own',
    why: 'Without one it makes up a self-signed certificate at each start, and clients learn not to verify it.',
    fix: 'Set --tls-cert-file and --tls-private-key-file.',
    frameworks: ['cis:1.2.24', 'nsa:control-plane', 'stig:V-242422', 'owasp:K09'],
    check: mustBeSet('tls-cert-file', 'tls-private-key-file'),
    fails: (good) => [without(good, 'tls-cert-file'), without(good, 'tls-private-key-file')],
  },
  {
    id: 'control-plane/api-server-tls-version',
    aliases: [],
    severity: 'medium',
    title: 'The API server accepts TLS 1.2 and newer only',
    why: 'TLS 1.0 and 1.1 have known weaknesses; 1.2 is the default since Kubernetes 1.12.',
    fix: 'Remove --tls-min-version, or set it to VersionTLS12 or VersionTLS13.',
    frameworks: ['stig:V-242378', 'stig:V-242468', 'owasp:K09'],
    check: mustBeNewTls,
    repair: ['tls-min-version', 'VersionTLS12'],
    fails: (good) => [having(good, 'tls-min-version', 'VersionTLS10')],
  },
  {
    id: 'control-plane/api-server-ciphers',
    aliases: ['C-0277', 'KCV-0032', 'CKV_K8S_105'],
    severity: 'low',
    title: 'The API server offers strong cipher suites only',
    why: 'Suites without forward secrecy let recorded traffic be read once the key leaks; some of the defaults of older releases are weak.',
    fix: 'Set --tls-cipher-suites to suites with ECDHE and AEAD.',
    frameworks: ['cis:1.2.29', 'stig:V-242418', 'owasp:K09'],
    parameters: { allowed: strongCiphers },
    check: ciphers,
    fails: (good) => [without(good, 'tls-cipher-suites'), having(good, 'tls-cipher-suites', 'TLS_RSA_WITH_3DES_EDE_CBC_SHA')],
  },
  {
    id: 'control-plane/api-server-ciphers-legacy',
    aliases: ['C-0143'],
    severity: 'low',
    title: 'The API server offers the cipher suites of CIS 1.23',
    why: 'Audits against benchmarks up to CIS 1.9 compare with a longer list, which still has RSA key exchange and 3DES in it.',
    fix: 'Set --tls-cipher-suites; the list of control-plane/api-server-ciphers meets both.',
    frameworks: [],
    enabled: false,
    parameters: {
      allowed: [
        ...strongCiphers,
        'TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA',
        'TLS_RSA_WITH_3DES_EDE_CBC_SHA',
        'TLS_RSA_WITH_AES_128_CBC_SHA',
        'TLS_RSA_WITH_AES_128_GCM_SHA256',
        'TLS_RSA_WITH_AES_256_CBC_SHA',
        'TLS_RSA_WITH_AES_256_GCM_SHA384',
      ],
    },
    check: ciphers,
    fails: (good) => [having(good, 'tls-cipher-suites', 'TLS_RSA_WITH_RC4_128_SHA')],
    overlaps: ['control-plane/api-server-ciphers'],
  },
  {
    id: 'control-plane/api-server-insecure-port',
    aliases: ['C-0005', 'CKV_K8S_88'],
    severity: 'critical',
    title: 'The API server has no insecure port',
    why: 'Requests to the insecure port skip authentication and authorization; until Kubernetes 1.20 it was open by default.',
    fix: 'Remove --insecure-port (or set it to 0 before Kubernetes 1.20).',
    frameworks: ['nsa:control-plane', 'stig:V-242386', 'attack:T1133', 'owasp:K09'],
    check: (component) => {
      const found = flag(component, 'insecure-port');
      if (found === undefined ? since(component, '1.20') : found.value === '0') return [];
      return [
        failing(
          component,
          'insecure-port',
          found === undefined
            ? 'before Kubernetes 1.20 the insecure port is 8080 unless it is set to 0'
            : `--insecure-port is ${found.value}`,
        ),
      ];
    },
    repair: ['insecure-port', '0'],
    fails: (good) => [having(good, 'insecure-port', '8080')],
  },
  {
    id: 'control-plane/api-server-insecure-bind-address',
    aliases: ['CKV_K8S_86'],
    severity: 'critical',
    title: 'The API server has no insecure address',
    why: 'Whoever reaches the insecure address is an administrator without any credential.',
    fix: 'Remove --insecure-bind-address.',
    frameworks: ['stig:V-242388', 'attack:T1133', 'owasp:K09'],
    check: mustNotBeSet('insecure-bind-address'),
    fails: (good) => [[...good, '--insecure-bind-address=0.0.0.0']],
  },
  {
    id: 'control-plane/api-server-secure-port',
    aliases: ['C-0128', 'KCV-0017', 'CKV_K8S_89'],
    severity: 'high',
    title: 'The API server serves HTTPS',
    why: 'With --secure-port=0 it serves no HTTPS at all.',
    fix: 'Remove --secure-port=0; 6443 is the default.',
    frameworks: ['stig:V-242389', 'owasp:K09'],
    check: (component) => (flag(component, 'secure-port')?.value === '0' ? [failing(component, 'secure-port', '--secure-port is 0')] : []),
    repair: ['secure-port', '6443'],
    fails: (good) => [having(good, 'secure-port', '0')],
  },
];

const resilience: readonly Row[] = [
  {
    id: 'control-plane/api-server-encryption',
    aliases: ['C-0141', 'C-0066', 'rule:etcd-encryption-native', 'KCV-0030'],
    severity: 'medium',
    title: 'The API server encrypts what it stores',
    why: 'Without an encryption configuration Secrets lie in etcd, in its backups and on its disks in clear text.',
    fix: 'Set --encryption-provider-config to an EncryptionConfiguration that covers secrets, best with a KMS provider.',
    frameworks: ['cis:1.2.27', 'nsa:secrets', 'attack:T1552', 'owasp:K08', 'bsi:APP.4.4.A20'],
    check: (component) =>
      ['encryption-provider-config', 'experimental-encryption-provider-config'].some((name) => (flag(component, name)?.value ?? '') !== '')
        ? []
        : [failing(component, 'encryption-provider-config', '--encryption-provider-config is not set: Secrets are stored in clear text')],
    fails: (good) => [without(good, 'encryption-provider-config')],
  },
  {
    id: 'control-plane/api-server-profiling',
    aliases: ['C-0129', 'KCV-0018', 'CKV_K8S_90'],
    severity: 'low',
    title: 'The API server serves no profiling data',
    why: 'Profiles show program internals, and taking them costs the server time; they are on by default.',
    fix: 'Set --profiling=false.',
    frameworks: ['cis:1.2.15', 'owasp:K09'],
    check: mustBe('profiling', false, true),
    repair: ['profiling', 'false'],
    fails: (good) => [without(good, 'profiling'), having(good, 'profiling', 'true')],
  },
  {
    id: 'control-plane/api-server-request-timeout',
    aliases: ['C-0134', 'KCV-0023', 'CKV_K8S_95'],
    severity: 'low',
    title: 'Requests to the API server time out',
    why: 'Without a limit, or with one of many minutes, a few slow clients can hold the connections that everybody needs.',
    fix: 'Leave --request-timeout at its default of one minute, or set it to at most five.',
    frameworks: ['cis:1.2.20', 'stig:V-242438', 'attack:T1499', 'owasp:K09'],
    parameters: { review: false },
    check: (component, { parameters }) => {
      const found = flag(component, 'request-timeout');
      if (found === undefined) return [];
      const timeout = parseDuration(found.value ?? '');
      if (timeout === undefined || timeout <= 0n || timeout > 300_000_000_000n)
        return [failing(component, 'request-timeout', `--request-timeout is ${found.value}`)];
      return parameters.review === true
        ? [failing(component, 'request-timeout', `--request-timeout is ${found.value}: is that right for this cluster?`)]
        : [];
    },
    repair: ['request-timeout', '60s'],
    fails: (good) => [having(good, 'request-timeout', '0')],
  },
  {
    id: 'control-plane/api-server-alpha-features',
    aliases: [],
    severity: 'medium',
    title: 'The API server has no alpha features on at large',
    why: 'AllAlpha switches on every untested feature of a release, with the defects that come with them.',
    fix: 'Remove AllAlpha=true from --feature-gates and name the gates that are needed.',
    frameworks: ['stig:V-242400', 'owasp:K09'],
    check: (component) =>
      listed(component, 'feature-gates').findLast((gate) => gate.startsWith('AllAlpha=')) === 'AllAlpha=true'
        ? [failing(component, 'feature-gates', '--feature-gates switches on AllAlpha')]
        : [],
    fails: (good) => [having(good, 'feature-gates', 'AllAlpha=true')],
  },
];

function ciphers(component: Parameters<Judge>[0], { parameters }: Parameters<Judge>[1]): ReturnType<Judge> {
  const given = listed(component, 'tls-cipher-suites');
  if (given.length === 0) return [failing(component, 'tls-cipher-suites', '--tls-cipher-suites is not set')];
  const allowed = new Set(strings(parameters.allowed));
  const weak = given.filter((suite) => !allowed.has(suite));
  return weak.length === 0 ? [] : [failing(component, 'tls-cipher-suites', `--tls-cipher-suites holds ${weak.join(', ')}`)];
}

export const apiServer = flagControls('kube-apiserver', hardenedApiServer, [
  ...authentication,
  ...authorization,
  ...connections,
  ...resilience,
]);
