// What the two checks of capabilities share: what a container adds, with its place, and whether it drops everything. Names are compared as
// written, as the standard does: `CAP_SYS_ADMIN` and `all` are no names it knows.

import type { Container } from '../../../kube/pod/types.ts';
import { asList, isObject } from '../../../lib/json.ts';

export interface Capability {
  readonly name: string;
  readonly path: string;
}

/** The capabilities that a container adds beside those allowed; undefined for none. */
export function added({ securityContext, at }: Container, isAllowed: (name: string) => boolean): readonly Capability[] | undefined {
  const { capabilities } = securityContext;
  if (!isObject(capabilities)) return undefined;
  let found: Capability[] | undefined;
  let index = -1;
  for (const name of asList(capabilities.add)) {
    index++;
    if (typeof name !== 'string' || isAllowed(name)) continue;
    found ??= [];
    found.push({ name, path: at(`/securityContext/capabilities/add/${index}`) });
  }
  return found;
}

export function dropsAll({ securityContext: { capabilities } }: Container): boolean {
  return isObject(capabilities) && asList(capabilities.drop).includes('ALL');
}
