// The architecture as it shows: the provider, zones and nodes, the control plane, add-ons, and what runs in which namespace.

import { asString, dig } from '../../lib/json.ts';
import { find } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { controlPlaneNodes, distributionOf, isManaged, isReady, nodesOf, zoneOf } from '../nodes.ts';
import { count, isSystem, running, written } from '../words.ts';
import { type MapPicture, Sketch } from './map.ts';

const mostNodes = 80;

export function architectureMap(snapshot: Snapshot): MapPicture {
  const sketch = new Sketch();
  const distribution = distributionOf(snapshot);
  const control = new Set(controlPlaneNodes(snapshot));
  const cluster = sketch.thing('cluster', 'cluster', 'cluster', {
    notes: [
      `Kubernetes ${snapshot.facts.kubernetesVersion}${snapshot.facts.versionKnown ? '' : ' assumed'}`,
      distribution === 'unknown' ? 'distribution not known' : distribution,
    ],
  });
  const managed = isManaged(distribution);
  const plane = sketch.thing('control-plane', 'control-plane', 'control plane', {
    notes: [managed ? 'run by the provider' : control.size > 0 ? count(control.size, 'node') : 'not seen'],
    bad: control.size > 0 && control.size < 3,
  });
  sketch.line(cluster, plane);
  const nodes = nodesOf(snapshot);
  for (const node of nodes.slice(0, mostNodes)) {
    const zone = zoneOf(node);
    const parent = zone === undefined ? cluster : sketch.thing(`zone/${zone}`, 'zone', zone);
    if (zone !== undefined) sketch.line(cluster, parent);
    const version = asString(dig(node.object, 'status', 'nodeInfo', 'kubeletVersion'));
    const id = sketch.thing(`node/${node.name}`, 'node', node.name, {
      notes: [
        ...(version === undefined ? [] : [version]),
        ...(control.has(node) ? ['control plane'] : []),
        ...(isReady(node) ? [] : ['not ready']),
      ],
      bad: !isReady(node),
    });
    sketch.line(parent, id);
  }
  if (nodes.length > mostNodes) sketch.line(cluster, sketch.thing('nodes/more', 'node', `${nodes.length - mostNodes} more nodes`));
  for (const [namespace, own] of Map.groupBy(running(snapshot), (one) => one.namespace)) {
    const enforced = asString(
      dig(find(snapshot, '', 'Namespace', '', namespace)?.object, 'metadata', 'labels', 'pod-security.kubernetes.io/enforce'),
    );
    sketch.line(
      cluster,
      sketch.thing(`namespace/${namespace}`, 'namespace', namespace, {
        notes: [count(own.length, 'workload'), `Pod Security: ${enforced ?? 'not enforced'}`],
        bad: enforced === undefined || enforced === 'privileged',
      }),
    );
  }
  for (const addOn of written(snapshot).filter(isSystem))
    sketch.line(plane, sketch.thing(`add-on/${addOn.kind}/${addOn.name}`, 'add-on', addOn.name, { notes: [addOn.kind] }));
  return sketch.picture();
}
