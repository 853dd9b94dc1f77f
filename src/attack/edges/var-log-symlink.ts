// Edge var-log-symlink. The kubelet follows links below /var/log when logs are read through the API: with a link of one's own and the right
// to read logs, it serves any file of the node.

import { podRepair } from '../containers.ts';
import type { Edge } from '../edge.ts';
import { holding, pod } from '../examples.ts';
import { removing } from '../repair.ts';
import { right } from '../right.ts';
import { hostMounts } from '../settings.ts';

const logs = right('get pods/log');

export const varLogSymlink: Edge = {
  id: 'var-log-symlink',
  title: 'Reads files of its node through links in its logs',
  needs: ['a writable hostPath /var/log', 'get pods/log'],
  gains: 'files of its node',
  technique: { attack: 'T1611', matrix: 'Writable hostPath mount' },
  fix: 'mount no /var/log of the node, or read-only',
  cost: 2,
  derive: ({ containers, graph, rights, snapshot }) => {
    const scopes = rights.scopesOf(logs);
    for (const { running, vertex, workload, name } of containers) {
      const { namespace } = workload.workload;
      if (!scopes.includes('') && !scopes.includes(namespace)) continue;
      const found = running.flatMap(({ container, pod: own, resource }) =>
        hostMounts(container, own).flatMap((mount) =>
          ['/var/log', '/var'].includes(mount.host) && !mount.readOnly ? [{ mount, resource }] : [],
        ),
      )[0];
      if (found === undefined) continue;
      const step = graph.vertex('step', namespace, `var-log-symlink ${vertex}`);
      graph.arc(vertex, step, { role: 'premise', cost: 0 });
      graph.arc(rights.at(logs, namespace), step, { role: 'premise', cost: 0 });
      const repair = podRepair(
        snapshot,
        workload,
        { id: `var-log ${name}`, text: `do not mount /var/log in container ${name}`, effort: 2 },
        (_, written) =>
          removing(
            written.containers.flatMap((one) =>
              one.name === name
                ? hostMounts(one, written).flatMap(({ host, path }) => (['/var/log', '/var'].includes(host) ? [path] : []))
                : [],
            ),
          ),
      );
      for (const node of workload.nodes.length === 0 ? [''] : workload.nodes)
        graph.arc(step, graph.vertex('node-files', '', node), {
          edge: 'var-log-symlink',
          cost: 2,
          evidence: [{ resource: found.resource, path: found.mount.path, text: `hostPath ${found.mount.host}, writable` }],
          repairs: [repair],
        });
    }
  },
  example: {
    objects: [
      ...holding(['get pods/log']),
      pod({ volumeMounts: [{ name: 'host', mountPath: '/host' }] }, { volumes: [{ name: 'host', hostPath: { path: '/var/log' } }] }),
    ],
    also: ['pod-log'],
  },
};
