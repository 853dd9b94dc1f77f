// What a workload gets to see: Secrets, ConfigMaps and volume claims that exist and are mounted. These are facts, the stuff attack paths are made
// of, and no faults: all three are off until asked for. One file, as they differ in the kind only.

import type { Member } from '../../kube/pod/types.ts';
import type { JsonObject } from '../../lib/json.ts';
import { asString, field } from '../../lib/json.ts';
import { find } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { type Control, control, fail, pods, type Severity } from '../control.ts';
import { cluster, container, deployment } from '../examples.ts';
import { volumeSources } from './references.ts';

interface Row {
  readonly kind: 'Secret' | 'ConfigMap' | 'PersistentVolumeClaim';
  readonly id: string;
  readonly alias: string;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly source: JsonObject;
}

const rows: readonly Row[] = [
  {
    kind: 'Secret',
    id: 'secrets/mounted-secret',
    alias: 'C-0255',
    severity: 'medium',
    title: 'Workloads mount no Secret',
    why: 'Whoever takes over the workload has its Secrets too: what they open belongs on the path of an attack.',
    source: { secret: { secretName: 'data' } },
  },
  {
    kind: 'ConfigMap',
    id: 'secrets/mounted-config-map',
    alias: 'C-0258',
    severity: 'low',
    title: 'Workloads mount no ConfigMap',
    why: 'Configuration tells an intruder about the surroundings, and often holds more than it should.',
    source: { configMap: { name: 'data' } },
  },
  {
    kind: 'PersistentVolumeClaim',
    id: 'secrets/mounted-claim',
    alias: 'C-0257',
    severity: 'low',
    title: 'Workloads mount no persistent volume',
    why: 'Whoever takes over the workload can read and change the data that outlives it.',
    source: { persistentVolumeClaim: { claimName: 'data' } },
  },
];

export const mounts: readonly Control[] = rows.map(({ kind, alias, source, ...data }) =>
  control({
    ...data,
    aliases: [alias],
    fix: 'Mount it only where the program needs it, read-only and as single items; this control lists who does.',
    frameworks: ['attack:T1552', 'matrix:MS-TA9041'],
    enabled: false,
    on: pods,
    check: ({ resource, pod, containers }, { snapshot }) => {
      const shown = new Map(
        pod.volumes.flatMap((volume) => {
          const target = targetOf(snapshot, resource.namespace, kind, volume);
          return target === undefined ? [] : [[volume.spec.name, target] as const];
        }),
      );
      return containers.flatMap((container) =>
        container.volumeMounts.flatMap(({ spec, path }) => {
          const target = shown.get(spec.name);
          return target === undefined
            ? []
            : [
                fail(path, 'mounted', `container "${container.name}" mounts ${kind} "${target.name}"`, {
                  container: container.name,
                  evidence: [{ resource: target, path: '/metadata/name', note: 'what is mounted' }],
                }),
              ];
        }),
      );
    },
    examples: {
      pass: () => [cluster(deployment())],
      fail: () => [
        cluster(
          {
            apiVersion: 'v1',
            kind,
            metadata: { name: 'data', namespace: 'shop' },
            ...(kind === 'PersistentVolumeClaim'
              ? { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }
              : {}),
          },
          deployment({
            pod: {
              containers: [container({ volumeMounts: [{ name: 'data', mountPath: '/data', readOnly: true }] })],
              volumes: [{ name: 'data', ...source }],
            },
          }),
        ),
      ],
    },
  }),
);

function targetOf(snapshot: Snapshot, namespace: string, kind: Row['kind'], { spec, path }: Member): Resource | undefined {
  const names =
    kind === 'PersistentVolumeClaim'
      ? [asString(field(spec.persistentVolumeClaim, 'claimName'))]
      : volumeSources(spec, path)
          .filter((source) => source.kind === kind)
          .map((source) => asString(field(source.source, source.nameKey)));
  for (const name of names) {
    const target = name === undefined ? undefined : find(snapshot, '', kind, namespace, name);
    if (target !== undefined) return target;
  }
  return undefined;
}
