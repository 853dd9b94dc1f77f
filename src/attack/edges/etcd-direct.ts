// Edge etcd-direct. Whoever reaches an etcd that asks for no client certificate reads and writes the whole cluster, unaudited. Its command
// line says so, where its pod was read.

import type { Edge } from '../edge.ts';
import { pod } from '../examples.ts';

export const etcdDirect: Edge = {
  id: 'etcd-direct',
  title: 'Speaks to etcd',
  needs: 'etcd without client certificates, reached over the network',
  gains: 'the state of the cluster',
  technique: { attack: 'T1552', matrix: '' },
  fix: 'set --client-cert-auth and --trusted-ca-file',
  cost: 1,
  derive: ({ graph, containers, pods }) => {
    for (const { running, name } of containers)
      for (const { container, resource } of running) {
        const words = [...container.command, ...container.args].flatMap((word) => word.split(/\s+/));
        const isEtcd =
          words.some((word) => /(^|\/)etcd$/.test(word)) ||
          (name === 'etcd' && words.some((word) => word.startsWith('--listen-client-urls')));
        if (!isEtcd) continue;
        const asks = words.some((word) => word === '--client-cert-auth' || word === '--client-cert-auth=true');
        const local = words
          .filter((word) => word.startsWith('--listen-client-urls'))
          .every((word) => /=(https?:\/\/(127\.0\.0\.1|localhost):\d+,?)+$/.test(word));
        if (asks || (local && words.some((word) => word.startsWith('--listen-client-urls')))) continue;
        const evidence = [{ resource, path: container.path, text: 'etcd is started without --client-cert-auth' }];
        graph.arc(graph.vertex('network'), graph.vertex('etcd'), { edge: 'etcd-direct', evidence });
      }
    const known = graph.find('etcd');
    if (known !== undefined)
      graph.arc(known, graph.vertex('cluster-admin'), {
        edge: 'etcd-direct',
        evidence: [{ text: 'rights are objects in etcd', path: '' }],
      });
    if (pods.length > 0 && known === undefined) graph.undecided('etcd-direct', 'how etcd is started was not read');
  },
  example: { objects: [pod({ name: 'etcd', command: ['etcd', '--listen-client-urls=http://0.0.0.0:2379'] })], notRepairedHere: true },
};
