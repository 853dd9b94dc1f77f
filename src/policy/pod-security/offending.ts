// The containers of a pod that set something a check forbids, each with what it sets. Most pods have none, so nothing is made for those.

import type { Container } from '../../kube/pod/types.ts';

export interface Offending<T> {
  readonly container: Container;
  readonly name: string;
  readonly what: T;
}

const none: readonly never[] = [];

/** Asks each container; undefined is no offence. */
export function offending<T>(containers: readonly Container[], ask: (container: Container) => T | undefined): readonly Offending<T>[] {
  let found: Offending<T>[] | undefined;
  for (const container of containers) {
    const what = ask(container);
    if (what === undefined) continue;
    found ??= [];
    found.push({ container, name: container.name, what });
  }
  return found ?? none;
}
