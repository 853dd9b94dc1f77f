// Where an object is made, so that one change repairs all of its copies: the chart or kustomization it was rendered from, the chart its labels
// name in a cluster, the operator whose custom resource owns it, else the file it is written in.

import { isNamespaced } from '../../kube/scope.ts';
import { dig, stringMap } from '../../lib/json.ts';
import { controllerOf } from '../../snapshot/owners.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { TemplateOrigin } from './package.ts';

/** The template origin of an object; the cluster where there is none. */
export function templateOrigin(snapshot: Snapshot, resource: Resource | undefined): TemplateOrigin {
  if (resource === undefined) return { kind: 'cluster', name: 'the cluster' };
  const { origin } = resource;
  if (origin.kind === 'file' && origin.rendered !== undefined)
    return { kind: origin.file.includes('/templates/') ? 'chart' : 'kustomization', name: origin.rendered };
  const top = topOwner(snapshot, resource);
  if (top !== resource && isNamespaced(top.group, top.kind) === undefined)
    return { kind: 'operator', name: `${top.kind} ${top.namespace}/${top.name}` };
  const labels = stringMap(dig(top.object, 'metadata', 'labels'));
  const chart = labels['helm.sh/chart'] ?? labels.chart;
  if (chart !== undefined && chart !== '') return { kind: 'chart', name: chart.replace(/-v?[0-9]+\.[0-9].*$/, '') };
  const operator = labels['app.kubernetes.io/managed-by'];
  if (operator?.endsWith('operator')) return { kind: 'operator', name: operator };
  if (origin.kind === 'file') return { kind: 'file', name: origin.file };
  return { kind: 'cluster', name: resource.namespace === '' ? 'the cluster' : `namespace ${resource.namespace}` };
}

const longestChain = 8;

function topOwner(snapshot: Snapshot, resource: Resource): Resource {
  let here = resource;
  for (let step = 0; step < longestChain; step++) {
    const next = controllerOf(snapshot, here);
    if (next === undefined || next === resource) return here;
    here = next;
  }
  return here;
}
