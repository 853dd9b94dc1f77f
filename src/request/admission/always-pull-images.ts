// AlwaysPullImages: every image is pulled, so that nobody runs another's private image that happens to lie on a node.

import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { dig } from '../../lib/json.ts';
import { fieldErrorBody, notSupported } from '../fields/error.ts';
import { forbidden } from '../status.ts';
import { aggregate } from './limit-ranger.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { allContainers, podIn } from './pods.ts';

function podWithNewImages(attributes: Attributes): Struct | undefined {
  const pod = podIn(attributes);
  if (pod === undefined || attributes.operation === 'DELETE') return undefined;
  if (attributes.operation === 'CREATE') return pod;
  const before = new Set(allContainers((attributes.old ?? {}) as unknown as Struct).map((container) => textIn(container, 'image')));
  return allContainers(pod).some((container) => !before.has(textIn(container, 'image'))) ? pod : undefined;
}

export const alwaysPullImages: Plugin = {
  name: 'AlwaysPullImages',
  admit: (attributes) => {
    const pod = podWithNewImages(attributes);
    if (pod === undefined) return undefined;
    for (const container of allContainers(pod)) container.imagePullPolicy = 'Always';
    attributes.serving.because?.('every image is pulled, so that nobody runs what another has pulled to the node');
    for (const volume of structsIn(structAt(pod, 'spec'), 'volumes'))
      if (volume.image !== undefined) structAt(volume, 'image').pullPolicy = 'Always';
    return undefined;
  },
  validate: (attributes) => {
    const pod = podWithNewImages(attributes);
    if (pod === undefined) return undefined;
    const { target, name } = attributes;
    const errors: string[] = [];
    for (const kind of ['initContainers', 'containers', 'ephemeralContainers'])
      for (const [index, container] of structsIn(structAt(pod, 'spec'), kind).entries()) {
        if (container.imagePullPolicy === 'Always') continue;
        const at = `spec.${kind}[${index}].imagePullPolicy`;
        errors.push(`${at}: ${fieldErrorBody(notSupported(at, dig(container, 'imagePullPolicy') ?? '', ['Always']))}`);
      }
    return errors.length === 0 ? undefined : forbidden(target, name, aggregate(errors));
  },
};
