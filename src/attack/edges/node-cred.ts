// Edge node-cred. A kubelet's credential is the user system:node:NAME: the Node authorizer lets it read the Secrets of the pods on its node,
// and ask for tokens of their service accounts (plugin/pkg/auth/authorizer/node).

import type { Pod } from '../../kube/pod/types.ts';
import { asList, asString, dig, field } from '../../lib/json.ts';
import type { Edge } from '../edge.ts';
import { pod } from '../examples.ts';

export const nodeCred: Edge = {
  id: 'node-cred',
  title: 'Uses the credential of a kubelet',
  needs: 'root or the files of a node',
  gains: 'the Secrets of the pods on it',
  technique: { attack: 'T1078', matrix: 'Access Kubelet API' },
  fix: 'keep Secrets that matter on nodes of their own',
  cost: 1,
  derive: ({ graph, pods }) => {
    const holders = new Map<string, readonly number[]>();
    const of = (name: string) => {
      let found = holders.get(name);
      if (found === undefined) {
        found = [graph.find('node', '', name), graph.find('node-files', '', name)].filter((vertex) => vertex !== undefined);
        holders.set(name, found);
        const user = graph.find('user', '', `system:node:${name}`);
        const evidence = [{ text: `the kubelet of ${name} is the user system:node:${name}`, path: '' }];
        if (user !== undefined) for (const vertex of found) graph.arc(vertex, user, { edge: 'node-cred', evidence });
      }
      return found;
    };
    for (const { endpoints, workload, text } of pods)
      for (const { node, pod: own, resource } of endpoints)
        for (const vertex of node === undefined || node === '' ? [] : of(node))
          for (const secret of secretsOf(own))
            graph.arc(vertex, graph.vertex('secret', workload.namespace, secret), {
              edge: 'node-cred',
              evidence: [{ resource, path: '', text: `${text} uses Secret ${secret} on the node` }],
            });
  },
  example: {
    objects: [
      pod(
        { securityContext: { privileged: true }, env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'db', key: 'key' } } }] },
        { nodeName: 'worker' },
      ),
    ],
    also: ['privileged', 'secret-mounted'],
  },
};

/** The names of the Secrets that a pod uses: volumes, environment, registry credentials. */
export function secretsOf(pod: Pick<Pod, 'spec' | 'volumes' | 'containers'>): readonly string[] {
  const known = secrets.get(pod);
  if (known !== undefined) return known;
  const names = [
    ...pod.volumes.flatMap(({ spec }) => [
      dig(spec, 'secret', 'secretName'),
      ...asList(dig(spec, 'projected', 'sources')).map((source) => dig(source, 'secret', 'name')),
    ]),
    ...pod.containers.flatMap(({ env, envFrom }) => [
      ...env.map(({ spec }) => dig(spec, 'valueFrom', 'secretKeyRef', 'name')),
      ...envFrom.map(({ spec }) => dig(spec, 'secretRef', 'name')),
    ]),
    ...asList(pod.spec.imagePullSecrets).map((one) => field(one, 'name')),
  ];
  const found = [...new Set(names.flatMap((name) => asString(name) ?? []))];
  secrets.set(pod, found);
  return found;
}

const secrets = new WeakMap<object, readonly string[]>();
