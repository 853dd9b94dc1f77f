// Exposure: from the internet and from pods along attack paths to what must not be had.

import { pathsIn, usualThreat, vertexId, vertexText } from '../../attack/index.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type MapPicture, Sketch } from './map.ts';

const goals = new Set(['cluster-admin', 'secrets', 'node', 'etcd', 'cloud', 'control-plane']);
const mostPaths = 60;

export function exposureMap(snapshot: Snapshot): MapPicture {
  const sketch = new Sketch();
  const found = pathsIn(snapshot, usualThreat);
  if (!found.ok) return sketch.picture();
  for (const { steps } of found.value.paths.slice(0, mostPaths))
    for (const { from, to, edge, known } of steps) {
      const draw = (vertex: typeof from) => {
        const { label, notes } = inTwo(vertexText(vertex));
        const kind = vertex.kind === 'internet' ? 'internet' : goals.has(vertex.kind) ? 'power' : 'workload';
        return sketch.thing(vertexId(vertex), kind, label, { notes, bad: goals.has(vertex.kind) });
      };
      sketch.line(draw(from), draw(to), known ? edge.id : `${edge.id}?`);
    }
  return sketch.picture();
}

/** `container app of Deployment shop/web` has the workload as its name and the container below it. */
function inTwo(text: string): { readonly label: string; readonly notes: readonly string[] } {
  const [, part, whole] = /^(container \S{1,70}) of (.+)$/.exec(text) ?? [];
  if (part !== undefined && whole !== undefined)
    return { label: whole.slice(whole.indexOf(' ') + 1), notes: [`${whole.slice(0, Math.max(0, whole.indexOf(' ')))}, ${part}`] };
  const [, kind, name] = /^(ServiceAccount|User|Group) (.+)$/.exec(text) ?? [];
  return kind !== undefined && name !== undefined ? { label: name, notes: [kind] } : { label: text, notes: [] };
}
