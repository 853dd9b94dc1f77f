// Linux capabilities of a container. Names are compared without the `CAP_` that the kernel writes and Kubernetes does not: runtimes accept
// both in `add`. Only the literal `ALL` drops all (Pod Security Standards, restricted).

import type { Container } from '../../kube/pod/types.ts';
import { asList, field } from '../../lib/json.ts';
import type { Outcome, PodSubject } from '../control.ts';
import { blame } from './effective.ts';

export interface Capability {
  /** In capitals, without `CAP_`: `SYS_ADMIN`. */
  readonly name: string;
  readonly written: string;
  /** Pointer within the container: `/securityContext/capabilities/add/0`. */
  readonly suffix: string;
}

/** The capabilities a container adds or drops. */
export function capabilities(container: Container, list: 'add' | 'drop'): readonly Capability[] {
  const found: Capability[] = [];
  asList(field(container.securityContext.capabilities, list)).forEach((item, index) => {
    if (typeof item !== 'string') return;
    const name = item.toUpperCase().replace(/^CAP_/, '');
    found.push({ name, written: item, suffix: `/securityContext/capabilities/${list}/${index}` });
  });
  return found;
}

/** True where `ALL` is among what the container drops, as the standard wants it written. */
export function dropsAll(container: Container): boolean {
  return capabilities(container, 'drop').some(({ written }) => written === 'ALL');
}

/** The check for containers that add one of these. */
export function adds(names: readonly string[], reason: string): (subject: PodSubject) => readonly Outcome[] {
  return ({ containers }) =>
    containers.flatMap((container) =>
      capabilities(container, 'add')
        .filter(({ name }) => names.includes(name))
        .map(({ suffix, written }) => blame(container, suffix, reason, `container "${container.name}" adds ${written}`)),
    );
}
