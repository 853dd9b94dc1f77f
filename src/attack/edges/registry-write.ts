// Edge registry-write. An image by a tag that is pulled every time is whatever the registry says it is today.

import { parseReference } from '../../images/reference.ts';
import { podRepair } from '../containers.ts';
import type { Edge } from '../edge.ts';
import { pod } from '../examples.ts';
import { setting } from '../repair.ts';

export const registryWrite: Edge = {
  id: 'registry-write',
  title: 'Pushes another image under the same tag',
  needs: 'the right to push to the registry, and a tag that is pulled every time',
  gains: 'code in the container',
  technique: { attack: 'T1525', matrix: 'Compromised image in registry' },
  fix: 'name the image by its digest',
  cost: 2,
  derive: ({ containers, graph, snapshot }) => {
    for (const { running, vertex, workload, name } of containers) {
      const [site] = running;
      if (site?.container.image === undefined) continue;
      const { container, resource } = site;
      const parsed = parseReference(container.image ?? '');
      if (!parsed.ok || parsed.reference.digest !== undefined) continue;
      const tag = parsed.reference.tag ?? 'latest';
      const policy = container.spec.imagePullPolicy ?? (tag === 'latest' ? 'Always' : 'IfNotPresent');
      if (policy !== 'Always') continue;
      graph.arc(graph.vertex('registry', '', parsed.reference.registry), vertex, {
        edge: 'registry-write',
        cost: 2,
        evidence: [{ resource, path: container.at('/image'), text: `image ${container.image} by its tag, pulled at every start` }],
        repairs: [
          podRepair(
            snapshot,
            workload,
            {
              id: `pull ${name}`,
              text: `pull the image of container ${name} only where it is not there (better: name it by its digest)`,
              effort: 2,
            },
            (object, written) =>
              written.containers.flatMap((one) => (one.name === name ? setting(object, one.at('/imagePullPolicy'), 'IfNotPresent') : [])),
          ),
        ],
      });
    }
  },
  example: { objects: [pod({ image: 'registry.example/app:1', imagePullPolicy: 'Always' })] },
};
