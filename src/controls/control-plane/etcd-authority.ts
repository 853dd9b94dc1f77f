// One certificate authority for etcd and for the API server's clients means that every kubelet's certificate opens etcd. Compared by the files
// that the components name; whether two files hold one authority is for those who have the files.

import type { Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail } from '../control.ts';
import { cluster, container, deployment } from '../examples.ts';
import { type Component, components, running } from './component.ts';
import { flag } from './flag-control.ts';
import { hardenedApiServer, hardenedEtcd } from './hardened.ts';

export const etcdAuthority = control<Component>({
  id: 'control-plane/etcd-authority',
  aliases: ['C-0159'],
  severity: 'high',
  title: 'etcd trusts a certificate authority of its own',
  why: 'If etcd trusts the authority that signs client certificates of the cluster, every node and every user with a certificate can read all Secrets in etcd.',
  fix: 'Give etcd an authority that signs nothing else, and name it in --trusted-ca-file.',
  frameworks: ['cis:2.7', 'nsa:control-plane', 'owasp:K09'],
  on: {
    description: 'etcd and kube-apiserver',
    *subjects(snapshot) {
      for (const name of ['etcd', 'kube-apiserver'] as const) yield* running(name).subjects(snapshot);
    },
  },
  check: (own, { snapshot }) => {
    const authority = authorityOf(own);
    const shared =
      authority === undefined ? undefined : others(own, snapshot).find((other) => authorityOf(other)?.value === authority.value);
    const there = shared === undefined ? undefined : authorityOf(shared);
    if (authority === undefined || shared === undefined || there === undefined) return [];
    return [
      fail(authority.path, 'shared-authority', `${own.name} and ${shared.name} trust the same file, ${authority.value}`, {
        ...(own.container === undefined ? {} : { container: own.container }),
        evidence: [{ resource: shared.resource, path: there.path, note: `the same file as --${there.name}` }],
      }),
    ];
  },
  examples: {
    pass: () => [together('/etc/kubernetes/pki/ca.crt')],
    fail: () => [together('/etc/kubernetes/pki/etcd/ca.crt')],
  },
});

function authorityOf(component: Component) {
  const found = flag(component, component.name === 'etcd' ? 'trusted-ca-file' : 'client-ca-file');
  return found?.value === undefined || found.value === '' ? undefined : found;
}

function others(own: Component, snapshot: Snapshot): readonly Component[] {
  return components(snapshot, own.name === 'etcd' ? 'kube-apiserver' : 'etcd');
}

function together(clientAuthority: string) {
  const apiServer = hardenedApiServer.map((text) => (text.startsWith('--client-ca-file=') ? `--client-ca-file=${clientAuthority}` : text));
  return cluster(
    deployment({
      pod: {
        containers: [
          container({ command: ['kube-apiserver', ...apiServer] }),
          container({
            name: 'etcd',
            command: ['etcd', ...hardenedEtcd],
            ports: [{ name: 'etcd', containerPort: 2379 }],
            livenessProbe: { httpGet: { path: '/livez', port: 'etcd' } },
            readinessProbe: { httpGet: { path: '/readyz', port: 'etcd' } },
          }),
        ],
      },
    }),
  );
}
