// kubeadm's ClusterConfiguration (kubeadm.k8s.io v1beta1–v1beta4) as the flags that kubeadm will start a component with: its own, which
// stand here as kubeadm 1.36 sets them (cmd/kubeadm/app/phases/controlplane and etcd), then `extraArgs`, which win.

import { asList, asObject, asString, dig, field, isObject, type Json } from '../../lib/json.ts';
import type { Flag } from './flags.ts';

const pki = '/etc/kubernetes/pki';

interface Managed {
  /** Where the component's settings stand in the configuration. */
  readonly keys: readonly string[];
  readonly flags: Readonly<Record<string, string>>;
}

const managed: Readonly<Record<string, Managed>> = {
  'kube-apiserver': {
    keys: ['apiServer'],
    flags: {
      'authorization-mode': 'Node,RBAC',
      'client-ca-file': `${pki}/ca.crt`,
      'enable-admission-plugins': 'NodeRestriction',
      'etcd-cafile': `${pki}/etcd/ca.crt`,
      'etcd-certfile': `${pki}/apiserver-etcd-client.crt`,
      'etcd-keyfile': `${pki}/apiserver-etcd-client.key`,
      'etcd-servers': 'https://127.0.0.1:2379',
      'kubelet-client-certificate': `${pki}/apiserver-kubelet-client.crt`,
      'kubelet-client-key': `${pki}/apiserver-kubelet-client.key`,
      'secure-port': '6443',
      'service-account-key-file': `${pki}/sa.pub`,
      'tls-cert-file': `${pki}/apiserver.crt`,
      'tls-private-key-file': `${pki}/apiserver.key`,
    },
  },
  'kube-controller-manager': {
    keys: ['controllerManager'],
    flags: {
      'bind-address': '127.0.0.1',
      'root-ca-file': `${pki}/ca.crt`,
      'service-account-private-key-file': `${pki}/sa.key`,
      'use-service-account-credentials': 'true',
    },
  },
  'kube-scheduler': { keys: ['scheduler'], flags: { 'bind-address': '127.0.0.1' } },
  etcd: {
    keys: ['etcd', 'local'],
    flags: {
      'cert-file': `${pki}/etcd/server.crt`,
      'client-cert-auth': 'true',
      'key-file': `${pki}/etcd/server.key`,
      'listen-client-urls': 'https://127.0.0.1:2379',
      'listen-peer-urls': 'https://127.0.0.1:2380',
      'peer-cert-file': `${pki}/etcd/peer.crt`,
      'peer-client-cert-auth': 'true',
      'peer-key-file': `${pki}/etcd/peer.key`,
      'peer-trusted-ca-file': `${pki}/etcd/ca.crt`,
      'trusted-ca-file': `${pki}/etcd/ca.crt`,
    },
  },
};

/**
 * The flags of a component under a ClusterConfiguration; undefined where kubeadm does not run it (etcd that is external). `at` gives the
 * pointer of a place inside the configuration.
 */
export function kubeadmFlags(
  configuration: Json,
  program: string,
  at: (suffix: string) => string,
): { readonly flags: readonly Flag[]; readonly place: string } | undefined {
  const entry = managed[program];
  if (entry === undefined || (program === 'etcd' && isObject(dig(configuration, 'etcd', 'external')))) return undefined;
  const place = at(`/${entry.keys.join('/')}/extraArgs`);
  const own = Object.entries(entry.flags).map(([name, value]) => ({ name, value, path: place }));
  return { flags: [...own, ...extra(dig(configuration, ...entry.keys, 'extraArgs'), place)], place };
}

/** A mapping up to v1beta3, a list of names and values since. */
function extra(args: Json | undefined, place: string): readonly Flag[] {
  if (isObject(args))
    return Object.entries(asObject(args)).map(([name, value]) => ({ name, value: asString(value), path: `${place}/${name}` }));
  return asList(args).flatMap((entry, index) => {
    const name = asString(field(entry, 'name'));
    return name === undefined ? [] : [{ name, value: asString(field(entry, 'value')), path: `${place}/${index}` }];
  });
}
