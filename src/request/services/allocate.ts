// What the server gives out of its stocks when an object is made: addresses and ports of Services.

import type { Struct } from '../../kube/schema/defaults/struct.ts';
import type { Attributes } from '../admission/plugin.ts';
import type { Refusal } from '../answer.ts';
import { allocateService } from './addresses.ts';

/** Allocates what a new object needs, or a changed one lacks, in place. */
export function allocate(object: Struct, attributes: Attributes, old?: Struct): Refusal | undefined {
  const { group, kind } = attributes.target;
  return group === '' && kind === 'Service' ? allocateService(object, attributes, old) : undefined;
}
