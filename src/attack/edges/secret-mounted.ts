// Edge secret-mounted. What a container is given, whoever is in it has: Secrets in its volumes and its environment.

import type { Container, Pod } from '../../kube/pod/types.ts';
import { dig } from '../../lib/json.ts';
import type { Edge } from '../edge.ts';
import { pod } from '../examples.ts';
import { secretsOf } from './node-cred.ts';

export const secretMounted: Edge = {
  id: 'secret-mounted',
  title: 'Reads the Secrets it is given',
  needs: 'a Secret in a volume or the environment',
  gains: 'the Secret',
  technique: { attack: 'T1552', matrix: 'Application credentials in configuration files' },
  fix: 'give each container only the Secrets it uses',
  cost: 1,
  derive: ({ graph, containers }) => {
    for (const { running, vertex, workload } of containers)
      for (const { pod: own, container, resource } of running)
        for (const name of secretsGiven(own, container))
          graph.arc(vertex, graph.vertex('secret', workload.workload.namespace, name), {
            edge: 'secret-mounted',
            evidence: [{ resource, path: container.path, text: `container ${container.name} is given Secret ${name}` }],
          });
  },
  example: { objects: [pod({ env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'db', key: 'key' } } }] })], notRepairedHere: true },
};

/** True for a Secret that holds the token of a service account. */
export function holdsToken(object: unknown): string | undefined {
  if (dig(object, 'type') !== 'kubernetes.io/service-account-token') return undefined;
  const name = dig(object, 'metadata', 'annotations', 'kubernetes.io/service-account.name');
  return typeof name === 'string' ? name : undefined;
}

const given = new WeakMap<Container, readonly string[]>();

/** The Secrets in the environment and the volumes of one container. */
function secretsGiven(pod: Pod, container: Container): readonly string[] {
  let found = given.get(container);
  if (found === undefined) {
    const mounted = pod.volumes.filter(({ spec }) => container.volumeMounts.some((mount) => mount.spec.name === spec.name));
    found = secretsOf({ spec: {}, volumes: mounted, containers: [container] });
    given.set(container, found);
  }
  return found;
}
