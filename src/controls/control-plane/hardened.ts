// Command lines with nothing to complain about, for the examples of this folder.

const pki = '/etc/kubernetes/pki';

/** Cipher suites of CIS Kubernetes 1.10 and later (§1.2.29): TLS 1.3's own, and of TLS 1.2 those with forward secrecy. */
export const strongCiphers: readonly string[] = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA',
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
];

export const hardenedApiServer: readonly string[] = [
  '--anonymous-auth=false',
  '--audit-log-maxage=30',
  '--audit-log-maxbackup=10',
  '--audit-log-maxsize=100',
  '--audit-log-path=/var/log/kubernetes/audit.log',
  '--audit-policy-file=/etc/kubernetes/audit.yaml',
  '--authorization-mode=Node,RBAC',
  `--client-ca-file=${pki}/ca.crt`,
  '--enable-admission-plugins=NodeRestriction,AlwaysPullImages,EventRateLimit,DenyServiceExternalIPs',
  '--encryption-provider-config=/etc/kubernetes/encryption.yaml',
  `--etcd-cafile=${pki}/etcd/ca.crt`,
  `--etcd-certfile=${pki}/apiserver-etcd-client.crt`,
  `--etcd-keyfile=${pki}/apiserver-etcd-client.key`,
  '--etcd-servers=https://127.0.0.1:2379',
  `--kubelet-certificate-authority=${pki}/ca.crt`,
  `--kubelet-client-certificate=${pki}/apiserver-kubelet-client.crt`,
  `--kubelet-client-key=${pki}/apiserver-kubelet-client.key`,
  '--profiling=false',
  '--secure-port=6443',
  '--service-account-extend-token-expiration=false',
  `--service-account-key-file=${pki}/sa.pub`,
  `--tls-cert-file=${pki}/apiserver.crt`,
  `--tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`,
  `--tls-private-key-file=${pki}/apiserver.key`,
];

export const hardenedControllerManager: readonly string[] = [
  '--bind-address=127.0.0.1',
  '--profiling=false',
  `--root-ca-file=${pki}/ca.crt`,
  `--service-account-private-key-file=${pki}/sa.key`,
  '--terminated-pod-gc-threshold=10',
  '--use-service-account-credentials=true',
];

export const hardenedScheduler: readonly string[] = ['--bind-address=127.0.0.1', '--profiling=false'];

export const hardenedEtcd: readonly string[] = [
  `--cert-file=${pki}/etcd/server.crt`,
  '--client-cert-auth=true',
  `--key-file=${pki}/etcd/server.key`,
  '--listen-client-urls=https://127.0.0.1:2379',
  '--listen-peer-urls=https://10.0.0.1:2380',
  `--peer-cert-file=${pki}/etcd/peer.crt`,
  '--peer-client-cert-auth=true',
  `--peer-key-file=${pki}/etcd/peer.key`,
  `--peer-trusted-ca-file=${pki}/etcd/ca.crt`,
  `--trusted-ca-file=${pki}/etcd/ca.crt`,
];
