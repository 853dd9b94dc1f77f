// Events of watches as bytes: a line of JSON each, or a frame of protobuf.

import { encodeWatchEvent } from '../../kube/protobuf/encode.ts';
import { shownEvent } from '../../request/read/collection.ts';
import { acceptedForm } from '../../request/read/forms.ts';
import { textOf } from '../../request/read/reply-text.ts';
import type { EventBytes } from './watches.ts';
import type { World } from './world.ts';

export function eventBytesOf({ published, protobuf }: Pick<World, 'published' | 'protobuf'>): EventBytes {
  const reader = { published, now: Date.now };
  return (event, target, isFirst) => {
    const { type, object } = shownEvent(event, target, reader, isFirst);
    const accepted = acceptedForm(target);
    if (!('code' in accepted) && accepted.type === 'application/vnd.kubernetes.protobuf') {
      const frame = encodeWatchEvent(type, object, protobuf);
      if (frame.ok) return frame.value;
    }
    return Buffer.from(`{"type":"${type}","object":${textOf(object)}}\n`);
  };
}
