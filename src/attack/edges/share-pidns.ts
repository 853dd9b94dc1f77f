// Edge share-pidns. Enters the other containers of its pod.

import { byContainer } from '../by-container.ts';
import { pod } from '../examples.ts';

export const sharePidns = byContainer({
  id: 'share-pidns',
  title: 'Enters the other containers of its pod',
  needs: 'shareProcessNamespace: true',
  gains: 'the other containers of the pod',
  technique: { attack: 'T1080', matrix: '' },
  fix: 'run without shareProcessNamespace',
  effort: 1,
  cost: 1,
  opens: (_container, pod) =>
    pod.spec.shareProcessNamespace === true && pod.containers.length > 1
      ? { paths: [pod.at('/shareProcessNamespace')], text: 'shareProcessNamespace: true' }
      : undefined,
  gain: (_scene, { workload, vertex }) => workload.containers.map((one) => one.vertex).filter((other) => other !== vertex),
  example: {
    objects: [
      pod(
        {},
        {
          shareProcessNamespace: true,
          containers: [
            { name: 'app', image: 'registry.example/app:1' },
            { name: 'proxy', image: 'registry.example/proxy:1' },
          ],
        },
      ),
    ],
  },
});
