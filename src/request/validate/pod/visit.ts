// Every container of a pod's spec with its path, in the order in which the API server visits them: init, normal, ephemeral.

import type { JsonObject } from '../../../lib/json.ts';
import type { Path } from '../../fields/path.ts';
import { objects } from '../read.ts';

export interface VisitedContainer {
  readonly container: JsonObject;
  /** The path is only made where it is asked for. */
  readonly at: () => Path;
}

const lists = ['initContainers', 'containers', 'ephemeralContainers'];

export function eachContainer(spec: JsonObject, path: Path): readonly VisitedContainer[] {
  const visited: VisitedContainer[] = [];
  for (const list of lists) {
    const members = objects(spec[list]);
    for (let position = 0; position < members.length; position++)
      visited.push({ container: members[position] ?? {}, at: () => path.child(list).index(position) });
  }
  return visited;
}
