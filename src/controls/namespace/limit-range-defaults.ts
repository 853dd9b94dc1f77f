// Defaults of a LimitRange for containers. Where `default` leaves a resource out, the API server fills in its `max` (core/v1 defaulting), so that
// a container that names no limit gets the largest one that is allowed; where there is no max either it gets none at all.

import { asList, dig, isObject, strings } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { control, fail, type Outcome, type Target } from '../control.ts';
import { cluster } from '../examples.ts';

const byNamespace: Target<readonly Resource[]> = {
  description: 'the LimitRanges of every namespace',
  *subjects(snapshot) {
    const groups = Map.groupBy(ofKind(snapshot, '', 'LimitRange'), (resource) => resource.namespace);
    for (const resources of groups.values()) yield { resource: resources[0], subject: resources };
  },
};

export const limitRangeDefaults = control({
  id: 'namespace/limit-range-defaults',
  aliases: ['KSV-0039', 'RES-007-1', 'RES-007-2', 'RES-008-1', 'RES-008-2'],
  severity: 'low',
  title: 'LimitRanges give containers default requests and limits',
  why: 'Without a default, containers that name no limit have none, or the largest one that is allowed.',
  fix: 'Add `default` and `defaultRequest` for cpu and memory to the limits of type Container.',
  frameworks: ['nsa:resource-policies', 'attack:T1499', 'matrix:MS-TA9040', 'pci:11.1.a'],
  parameters: { resources: ['cpu', 'memory'] },
  on: byNamespace,
  check: (resources, { parameters }) =>
    strings(parameters.resources).flatMap((name) => ['defaultRequest', 'default'].flatMap((key) => missing(resources, key, name))),
  examples: {
    pass: () => [cluster()],
    fail: () => [
      cluster({
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'defaults', namespace: 'shop' },
        spec: {
          limits: [
            {
              type: 'Container',
              default: { memory: '128Mi' },
              defaultRequest: { cpu: '100m', memory: '128Mi' },
              max: { cpu: '2', memory: '2Gi' },
            },
          ],
        },
      }),
    ],
  },
});

/** Blames the first LimitRange of a namespace in which none gives containers this default. */
function missing(resources: readonly Resource[], key: string, name: string): readonly Outcome[] {
  const limits = resources.flatMap((resource) =>
    asList(dig(resource.object, 'spec', 'limits')).flatMap((limit, index) =>
      isObject(limit) && limit.type === 'Container' ? [{ resource, limit, path: `/spec/limits/${index}` }] : [],
    ),
  );
  if (
    limits.some(
      ({ limit }) => dig(limit, key, name) !== undefined || (key === 'defaultRequest' && dig(limit, 'default', name) !== undefined),
    )
  )
    return [];
  const [first] = limits;
  const resource = first?.resource ?? resources[0];
  if (resource === undefined) return [];
  const what = `${key === 'default' ? 'limit' : 'request'} for ${name}`;
  const most = limits.some(({ limit }) => dig(limit, 'max', name) !== undefined) ? ', so that the maximum is it' : '';
  return [
    fail(first === undefined ? '/spec/limits' : `${first.path}/${key}/${name}`, `no-${key}-${name}`, `there is no default ${what}${most}`, {
      resource,
    }),
  ];
}
