// What the two checks of capabilities share: the members of a container's `capabilities.add`, with their places. Names are compared as
// written, as the standard does: `CAP_SYS_ADMIN` and `all` are no names it knows.

import type { Container } from '../../../kube/pod/types.ts';
import { asList, field, isObject } from '../../../lib/json.ts';

export interface Capability {
  readonly name: string;
  readonly path: string;
}

const none: readonly Capability[] = [];

/** The capabilities of one list of a container, `add` or `drop`. */
export function capabilities(container: Container, list: 'add' | 'drop'): readonly Capability[] {
  const { capabilities: set } = container.securityContext;
  if (!isObject(set)) return none;
  const found: Capability[] = [];
  asList(field(set, list)).forEach((name, index) => {
    if (typeof name === 'string') found.push({ name, path: container.at(`/securityContext/capabilities/${list}/${index}`) });
  });
  return found;
}
