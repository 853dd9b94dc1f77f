// Where pods run now: each pod of a snapshot that has a node, with the workload it belongs to, its zone and its volumes. Built once a
// snapshot. Pods of DaemonSets and of the node itself are left out: they go with their node and are not missed elsewhere.

import type { Pod } from '../../kube/pod/types.ts';
import { asList, asString, dig, field } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import { ownerOf } from '../../snapshot/owners.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { nodesOf, zoneOf } from '../nodes.ts';

export interface PlacedPod {
  readonly resource: Resource;
  readonly pod: Pod;
  readonly workload: Resource;
  readonly node: string;
  readonly ready: boolean;
}

export interface Placement {
  readonly pods: readonly PlacedPod[];
  readonly byNode: ReadonlyMap<string, readonly PlacedPod[]>;
  readonly byWorkload: ReadonlyMap<Resource, readonly PlacedPod[]>;
  readonly byNamespace: ReadonlyMap<string, readonly PlacedPod[]>;
  /** Zone by node; nodes without one are not in it. */
  readonly zones: ReadonlyMap<string, string>;
}

const cache = new WeakMap<Snapshot, Placement>();

export function placement(snapshot: Snapshot): Placement {
  let built = cache.get(snapshot);
  if (built === undefined) {
    const pods = ofKind(snapshot, '', 'Pod').flatMap((resource) => placed(snapshot, resource));
    built = {
      pods,
      byNode: Map.groupBy(pods, ({ node }) => node),
      byWorkload: Map.groupBy(pods, ({ workload }) => workload),
      byNamespace: Map.groupBy(pods, ({ resource }) => resource.namespace),
      zones: new Map(
        nodesOf(snapshot).flatMap((node) => {
          const zone = zoneOf(node);
          return zone === undefined ? [] : [[node.name, zone] as const];
        }),
      ),
    };
    cache.set(snapshot, built);
  }
  return built;
}

function placed(snapshot: Snapshot, resource: Resource): readonly PlacedPod[] {
  const [pod] = resource.pods;
  const node = asString(dig(resource.object, 'spec', 'nodeName'));
  const phase = dig(resource.object, 'status', 'phase');
  if (pod === undefined || node === undefined || node === '' || phase === 'Succeeded' || phase === 'Failed') return [];
  const owner = asList(dig(resource.object, 'metadata', 'ownerReferences')).find((one) => field(one, 'controller') === true);
  if (field(owner, 'kind') === 'DaemonSet' || field(owner, 'kind') === 'Node') return [];
  const ready = asList(dig(resource.object, 'status', 'conditions')).some(
    (one) => field(one, 'type') === 'Ready' && field(one, 'status') === 'True',
  );
  return [{ resource, pod, workload: ownerOf(snapshot, resource) ?? resource, node, ready }];
}
