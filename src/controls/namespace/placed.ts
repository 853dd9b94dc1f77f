// The hardened example cluster, with everything in it moved to another namespace.

import type { Example } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

/** The Deployment and its surroundings in a namespace of that name. */
export function placed(name: string): Example {
  return cluster(deployment()).map((object) => {
    if (object.kind === 'Namespace') return { ...object, metadata: { ...object.metadata, name } };
    return object.metadata?.namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace: name } };
  });
}
